using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Tests.Support;
using static Certrelay.Tests.Certificates.Uploads;

namespace Certrelay.Tests.Certificates;

/// <summary>Uploads and blocks that take several steps to spoil.</summary>
internal static class SpecialUploads
{
    public static TestCertificateOptions Authority => TestCertificates.Authority("Special Intermediate");

    /// <summary>A self-signed certificate with every fault of its own.</summary>
    public static TestCertificateOptions Worst => new()
    {
        Subject = "CN=x",
        Key = TestKey.Rsa(1024),
        IsCa = true,
        NotAfter = Now.AddDays(-1),
        Purposes = [TestCertificates.ClientAuth],
    };

    public static string Lab(string arguments) => OpenSslFolder.Laboratory(arguments);

    /// <summary>Without its key.</summary>
    public static string LabCertificate(string arguments)
    {
        var text = Lab(arguments);
        return text[..text.IndexOf("-----BEGIN PRIVATE", StringComparison.Ordinal)];
    }

    /// <summary>Without its key.</summary>
    public static string SelfSigned(TestCertificateOptions options) => TestCertificates.SelfSigned(options).Pem;

    public static string Alone(TestCertificateOptions options)
    {
        var leaf = Intermediate.Issue(options);
        return leaf.Pem + leaf.KeyPem;
    }

    /// <summary>As <c>openssl x509 -req</c> without an extension file makes it.</summary>
    public static string Version1()
    {
        using var folder = new OpenSslFolder();
        folder.Write("issuer.pem", Intermediate.Pem);
        folder.Write("issuer.key", Intermediate.KeyPem);
        folder.Write("key.pem", Leaf.KeyPem);
        folder.Run("req -new -key key.pem -subj /CN=www.example.test -out request.pem");
        return folder.Run("x509 -req -in request.pem -CA issuer.pem -CAkey issuer.key -days 3650 -set_serial 1") + Intermediate.Pem + Leaf.KeyPem;
    }

    public static byte[] FlipLastByte(byte[] der)
    {
        der[^1] ^= 1;
        return der;
    }

    public static string Relabel(string pem) => pem.Replace("ENCRYPTED PRIVATE", "PRIVATE", StringComparison.Ordinal);

    public static string Sec1(byte[] number, byte[]? point)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteOctetString(number);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                writer.WriteObjectIdentifier("1.2.840.10045.3.1.7");
            if (point is not null)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
                    writer.WriteBitString(point);
            }
        }
        return Pem.Write("EC PRIVATE KEY", writer.Encode());
    }

    public static X509Extension Critical(string oid) => new(oid, [0x05, 0x00], critical: true);

    /// <summary>Name constraints (RFC 5280 section 4.2.1.10) that permit <c>other.test</c> alone.</summary>
    public static X509Extension OtherNamesOnly() => new("2.5.29.30", [0x30, 0x10, 0xA0, 0x0E, 0x30, 0x0C, 0x82, 0x0A, .. "other.test"u8], critical: true);

    public static X509Extension Alternative(string text, int kind)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
            writer.WriteCharacterString(UniversalTagNumber.IA5String, text, new Asn1Tag(TagClass.ContextSpecific, kind));
        return new X509Extension("2.5.29.17", writer.Encode(), critical: false);
    }

    public static string Gap()
    {
        var upper = Root.IssueAuthority("Upper");
        var leaf = upper.IssueAuthority("Middle").IssueAuthority("Lower").IssueLeaf("www.example.test");
        return leaf.Pem + leaf.Issuer!.Pem + upper.Pem + leaf.KeyPem;
    }

    public static string PathTooLong()
    {
        var leaf = Root.IssueAuthority("Upper", pathLength: 0).IssueAuthority("Lower").IssueLeaf("www.example.test");
        return leaf.FullChainPem + leaf.KeyPem;
    }

    public static string Sha1Intermediate()
    {
        using var folder = new OpenSslFolder();
        var key = TestKey.Rsa();
        folder.Write("root.pem", RsaRoot.Pem);
        folder.Write("root.key", RsaRoot.KeyPem);
        folder.Write("key.pem", key.Pkcs8Pem);
        folder.Write("extensions", "basicConstraints=critical,CA:TRUE\n");
        folder.Run("req -new -key key.pem -subj /CN=Old -out request.pem");
        var authority = folder.Run("x509 -req -sha1 -in request.pem -CA root.pem -CAkey root.key -set_serial 5 -days 3650 -extfile extensions");
        var leaf = new TestCertificate(PemBytes(authority), key, RsaRoot).IssueLeaf("www.example.test");
        return leaf.FullChainPem + leaf.KeyPem;
    }

    /// <summary>A leaf below a root with a key of another kind, and that root.</summary>
    public static string BelowRoot(string rootKey)
    {
        using var folder = new OpenSslFolder();
        folder.Run($"req -x509 -newkey {rootKey} -nodes -subj /CN=Root -days 3650 -keyout root.key -out root.pem");
        folder.Write("extensions", "subjectAltName=DNS:www.example.test\n");
        folder.Write("key.pem", Leaf.KeyPem);
        folder.Run("req -new -key key.pem -subj /CN=www.example.test -out request.pem");
        return folder.Run("x509 -req -in request.pem -CA root.pem -CAkey root.key -set_serial 5 -days 3650 -extfile extensions")
            + folder.Read("root.pem") + Leaf.KeyPem;
    }

    /// <summary>One authority key, certified by two roots, one of which came along.</summary>
    public static string CrossSigned()
    {
        var key = TestKey.P256();
        var plain = Root.IssueAuthority("Crossed", key);
        var cross = RsaRoot.IssueAuthority("Crossed", key);
        var leaf = plain.IssueLeaf("www.example.test");
        return leaf.Pem + plain.Pem + cross.Pem + Root.Pem + leaf.KeyPem;
    }

    private static byte[] PemBytes(string pem) => Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
}
