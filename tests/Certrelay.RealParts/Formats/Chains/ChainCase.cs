using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Formats.Chains;

/// <summary>A chain of one root, some intermediates and a leaf, sound or with one fault.</summary>
/// <param name="Sound">What RFC 5280 section 6.1 says of it, for a TLS server.</param>
/// <param name="Upper">Changes the intermediate below the root.</param>
/// <param name="Leaf">Changes the leaf.</param>
/// <param name="Lower">Changes the other intermediates.</param>
/// <param name="Intermediates">How many there are, one chain for each; null: one, and three.</param>
internal sealed record ChainCase(
    string Name, bool Sound, Func<TestCertificateOptions, TestCertificateOptions>? Upper = null, Func<TestCertificateOptions, TestCertificateOptions>? Leaf = null, Func<byte[], byte[]>? Spoil = null,
    Func<TestCertificateOptions, TestCertificateOptions>? Lower = null, IReadOnlyList<int>? Intermediates = null)
{
    private static readonly DateTimeOffset Past = TimeProvider.System.GetUtcNow().AddDays(-2);
    private static readonly DateTimeOffset Future = TimeProvider.System.GetUtcNow().AddDays(2);

    public static IReadOnlyList<ChainCase> All { get; } =
    [
        new("plain", true),
        new("a leaf for any use", true, Leaf: static one => one with { Purposes = null }),
        new("a leaf with a wildcard and addresses", true, Leaf: static one => one with { Names = ["*.shop.example.test", "192.0.2.7", "2001:db8::7"] }),
        new("an authority for TLS servers", true, static one => one with { Purposes = [TestCertificates.ServerAuth] }),
        new("an authority for any purpose", true, static one => one with { Purposes = ["2.5.29.37.0"] }),
        new("an authority that may sign certificates", true, static one => Add(one, new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true))),
        new("exactly as many below as allowed", true, static one => one with { PathLength = 2 }),
        new("names below a permitted one", true, static one => Add(one, Constraints([Dns("example.test")], []))),
        new("names below a permitted one with a dot", true, static one => Add(one, Constraints([Dns(".example.test")], []))),
        new("names that are permitted exactly", true, static one => Add(one, Constraints([Dns("shop.example.test"), Dns("www.example.test")], []))),
        new("names beside an excluded one", true, static one => Add(one, Constraints([], [Dns("other.test"), Dns("ample.test")]))),
        new("addresses in a permitted network", true, static one => Add(one, Constraints([Ip("192.0.2.0", "255.255.255.0")], [])), static one => one with { Names = ["192.0.2.7"] }),
        new("a subject below a permitted one", true, static one => Add(one, Constraints([Directory("O=Certrelay Tests")], [])), static one => one with { Subject = "CN=x,O=Certrelay Tests" }),
        new("names where only addresses are spoken of", true, static one => Add(one, Constraints([Ip("10.0.0.0", "255.0.0.0")], []))),
        new("an extension that is critical and known", true, Leaf: static one => Add(one, new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true))),
        new("an extension that nobody knows and that is not critical", true, Leaf: static one => Add(one, Unknown(critical: false))),
        new("names outside the permitted ones", false, static one => Add(one, Constraints([Dns("other.test")], []))),
        new("a name that only ends like a permitted one", false, static one => Add(one, Constraints([Dns("ample.test")], []))),
        new("a name below an excluded one", false, static one => Add(one, Constraints([], [Dns("example.test")]))),
        new("a name that is permitted and excluded", false, static one => Add(one, Constraints([Dns("example.test")], [Dns("shop.example.test")]))),
        new("an address outside the permitted network", false, static one => Add(one, Constraints([Ip("192.0.2.0", "255.255.255.0")], [])), static one => one with { Names = ["198.51.100.7"] }),
        new("an address in an excluded network", false, static one => Add(one, Constraints([], [Ip("192.0.2.0", "255.255.255.128")])), static one => one with { Names = ["192.0.2.7"] }),
        new("a subject outside the permitted one", false, static one => Add(one, Constraints([Directory("O=Somebody Else")], [])), static one => one with { Subject = "CN=x,O=Certrelay Tests" }),
        new("an authority for clients only", false, static one => one with { Purposes = [TestCertificates.ClientAuth] }),
        new("a leaf for clients only", false, Leaf: static one => one with { Purposes = [TestCertificates.ClientAuth] }),
        new("an issuer that is no authority", false, static one => one with { IsCa = false }),
        new("an issuer without basic constraints", false, static one => one with { IsCa = null }),
        new("an issuer that may not sign certificates", false, static one => Add(one, new X509KeyUsageExtension(X509KeyUsageFlags.CrlSign, critical: true))),
        new("an expired authority", false, static one => one with { NotAfter = Past }),
        new("an authority of the future", false, static one => one with { NotBefore = Future }),
        new("an expired leaf", false, Leaf: static one => one with { NotAfter = Past }),
        new("a leaf of the future", false, Leaf: static one => one with { NotBefore = Future }),
        new("a leaf that was changed", false, Spoil: static der => [.. der[..^5], (byte)(der[^5] ^ 1), .. der[^4..]]),
        new("a critical extension in the leaf that nobody knows", false, Leaf: static one => Add(one, Unknown(critical: true))),
        new("a critical extension in an authority that nobody knows", false, static one => Add(one, Unknown(critical: true))),
        new("none below where none is allowed", true, static one => one with { PathLength = 0 }, Intermediates: [1]),
        new("one below where none is allowed", false, static one => one with { PathLength = 0 }, Intermediates: [2]),
        new("two below where one is allowed", false, static one => one with { PathLength = 1 }, Intermediates: [3]),
        new("three below where two are allowed", false, static one => one with { PathLength = 2 }, Intermediates: [4]),
        .. PolicyCases.All,
    ];

    internal static TestCertificateOptions Add(TestCertificateOptions options, X509Extension extension) => options with { Extensions = [.. options.Extensions, extension] };

    private static X509Extension Unknown(bool critical) => new("1.3.6.1.4.1.55555.1", [0x05, 0x00], critical);

    private static Action<AsnWriter> Dns(string name) => writer => writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));

    private static Action<AsnWriter> Ip(string address, string mask) => writer => writer.WriteOctetString(
        [.. System.Net.IPAddress.Parse(address).GetAddressBytes(), .. System.Net.IPAddress.Parse(mask).GetAddressBytes()], new Asn1Tag(TagClass.ContextSpecific, 7));

    private static Action<AsnWriter> Directory(string name) => writer =>
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 4)))
            writer.WriteEncodedValue(new X500DistinguishedName(name).RawData);
    };

    private static X509Extension Constraints(Action<AsnWriter>[] permitted, Action<AsnWriter>[] excluded)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var (tag, trees) in new[] { (0, permitted), (1, excluded) })
            {
                if (trees.Length is 0)
                    continue;
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, tag)))
                {
                    foreach (var tree in trees)
                    {
                        using (writer.PushSequence())
                            tree(writer);
                    }
                }
            }
        }

        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }
}
