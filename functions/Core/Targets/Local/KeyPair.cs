using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Certrelay.Targets.Local;

/// <summary>Whether a certificate and a private key, as they lie in files, belong together.</summary>
internal static class KeyPair
{
    /// <summary>True when the first certificate's public key is that of the private key; also for kinds of keys that the framework cannot read (SM2).</summary>
    public static bool Matches(LiveFile certificate, LiveFile key)
    {
        if (certificate.FirstCertificate() is not { } der || key.Bytes is null)
            return false;
        var text = new char[Encoding.UTF8.GetMaxCharCount(key.Bytes.Length)];
        try
        {
            using var leaf = X509CertificateLoader.LoadCertificate(der);
            using AsymmetricAlgorithm? own = leaf.GetKeyAlgorithm() switch
            {
                Oids.Rsa => RSA.Create(),
                Oids.Ec => ECDsa.Create(),
                _ => null,
            };
            if (own is null)
                return true;
            own.ImportFromPem(text.AsSpan(0, Encoding.UTF8.GetChars(key.Bytes, text)));
            return own.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(leaf.PublicKey.ExportSubjectPublicKeyInfo());
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or NotSupportedException)
        {
            return false;
        }
        finally
        {
            Array.Clear(text);
        }
    }

    // RFC 3279 section 2.3.1 and RFC 5480 section 2.1.1.
    private static class Oids
    {
        public const string Rsa = "1.2.840.113549.1.1.1";
        public const string Ec = "1.2.840.10045.2.1";
    }
}
