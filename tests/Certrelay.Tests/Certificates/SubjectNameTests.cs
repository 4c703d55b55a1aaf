using Certrelay.Certificates;

namespace Certrelay.Tests.Certificates;

public sealed class SubjectNameTests
{
    [Theory]
    [InlineData("the same host", "www.example.test", "www.example.test", true)]
    [InlineData("another case", "www.example.test", "WWW.Example.TEST", true)]
    [InlineData("a final dot", "www.example.test", "www.example.test.", true)]
    [InlineData("another host", "www.example.test", "shop.example.test", false)]
    [InlineData("a host below", "example.test", "www.example.test", false)]
    [InlineData("a wildcard and one label", "*.example.test", "www.example.test", true)]
    [InlineData("a wildcard and two labels", "*.example.test", "a.b.example.test", false)]
    [InlineData("a wildcard and the apex", "*.example.test", "example.test", false)]
    [InlineData("a wildcard and an empty label", "*.example.test", ".example.test", false)]
    [InlineData("a wildcard and another domain", "*.example.test", "www.badexample.test", false)]
    [InlineData("a wildcard itself", "*.example.test", "*.example.test", false)]
    [InlineData("an international host", "xn--bcher-kva.example.test", "Bücher.example.test", true)]
    [InlineData("an international name", "bücher.example.test", "xn--BCHER-KVA.example.test", true)]
    [InlineData("an international wildcard", "*.bücher.test", "www.xn--bcher-kva.test", true)]
    [InlineData("an address", "192.0.2.7", "192.0.2.7", true)]
    [InlineData("another address", "192.0.2.7", "192.0.2.8", false)]
    [InlineData("an IPv6 address written in full", "2001:db8::7", "2001:0DB8:0:0:0:0:0:7", true)]
    [InlineData("an IPv6 address in brackets", "2001:db8::7", "[2001:db8::7]", true)]
    [InlineData("a mapped address", "192.0.2.7", "::ffff:192.0.2.7", true)]
    [InlineData("a short form of an address", "127.0.0.1", "127.1", false)]
    [InlineData("a wildcard and an address", "*.0.2.7", "192.0.2.7", false)]
    [InlineData("an underscore", "_dmarc.example.test", "_dmarc.example.test", true)]
    [InlineData("junk", "www.example.test", "www..example.test", false)]
    public void Covers_what_a_client_accepts(string description, string name, string host, bool expected)
    {
        Assert.True(SubjectName.TryParse(name, out var parsed), description);
        Assert.Equal(expected, parsed.Covers(host));
    }

    [Theory]
    [InlineData("empty", "")]
    [InlineData("a dot", ".")]
    [InlineData("a star", "*")]
    [InlineData("a star in a label", "w*.example.test")]
    [InlineData("a star further in", "www.*.example.test")]
    [InlineData("two stars", "*.*.example.test")]
    [InlineData("a space", "my host")]
    [InlineData("a hyphen at the end", "host-.test")]
    [InlineData("a label of 64", "0123456789012345678901234567890123456789012345678901234567890123.test")]
    [InlineData("a NUL", "www.example.test\0.evil.test")]
    [InlineData("a port", "www.example.test:443")]
    [InlineData("an address with a zone", "fe80::1%eth0")]
    [InlineData("a replacement character", "\uFFFD.test")]
    [InlineData("an invisible character", "a\u200B.test")]
    public void Refuses_what_no_host_is_called(string description, string name)
    {
        Assert.False(SubjectName.TryParse(name, out _), description);
    }

    [Theory]
    [InlineData("WWW.Example.test", SubjectNameKind.Dns, "www.example.test")]
    [InlineData("*.Example.test", SubjectNameKind.Wildcard, "*.example.test")]
    [InlineData("2001:0DB8::0:7", SubjectNameKind.Address, "2001:db8::7")]
    public void Is_kept_in_one_form(string text, SubjectNameKind kind, string value)
    {
        Assert.True(SubjectName.TryParse(text, out var name));
        Assert.Equal((kind, value), (name.Kind, name.Value));
    }
}
