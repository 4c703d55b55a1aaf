using Certrelay.Outgoing;

namespace Certrelay.Tests.Outgoing;

public sealed class EndpointTextTests
{
    [Theory]
    [InlineData("shop.example.com", "shop.example.com", 443, StartTls.None)]
    [InlineData("  Shop.Example.com.:8443 ", "shop.example.com", 8443, StartTls.None)]
    [InlineData("bücher.example:443", "xn--bcher-kva.example", 443, StartTls.None)]
    [InlineData("10.0.0.5:25", "10.0.0.5", 25, StartTls.Smtp)]
    [InlineData("2001:db8::1", "2001:db8::1", 443, StartTls.None)]
    [InlineData("[2001:db8::1]:636", "2001:db8::1", 636, StartTls.None)]
    [InlineData("[2001:db8::1]", "2001:db8::1", 443, StartTls.None)]
    [InlineData("https://shop.example.com/cart?x=1#y", "shop.example.com", 443, StartTls.None)]
    [InlineData("smtp://mail.example.com", "mail.example.com", 25, StartTls.Smtp)]
    [InlineData("SMTP://mail.example.com:2525", "mail.example.com", 2525, StartTls.Smtp)]
    [InlineData("imaps://mail.example.com", "mail.example.com", 993, StartTls.None)]
    [InlineData("tls://db.example.com:5432", "db.example.com", 5432, StartTls.None)]
    [InlineData("db.example.com:5432", "db.example.com", 5432, StartTls.PostgreSql)]
    [InlineData("mail.example.com:587", "mail.example.com", 587, StartTls.Smtp)]
    [InlineData("mail.example.com:143", "mail.example.com", 143, StartTls.Imap)]
    [InlineData("mail.example.com:110", "mail.example.com", 110, StartTls.Pop3)]
    [InlineData("dir.example.com:389", "dir.example.com", 389, StartTls.Ldap)]
    public void Endpoints_are_read_as_people_write_them(string text, string host, int port, StartTls startTls)
    {
        var endpoint = EndpointText.Read(text, out var fault);

        Assert.Null(fault);
        Assert.Equal((host, port, startTls), (endpoint!.Host, endpoint.Port, endpoint.EffectiveStartTls));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":443")]
    [InlineData("shop.example.com:")]
    [InlineData("shop.example.com:0")]
    [InlineData("shop.example.com:65536")]
    [InlineData("shop.example.com:+5")]
    [InlineData("shop example.com")]
    [InlineData("gopher://shop.example.com")]
    [InlineData("https://")]
    [InlineData("127.1:443")]
    [InlineData("user@shop.example.com")]
    public void Anything_else_has_a_fault(string text)
    {
        Assert.Null(EndpointText.Read(text, out var fault));
        Assert.NotEmpty(fault!);
    }
}
