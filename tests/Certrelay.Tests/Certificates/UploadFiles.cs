using System.IO.Compression;
using System.Security.Cryptography;
using Certrelay.Certificates;
using Certrelay.Tests.Support;
using static Certrelay.Tests.Certificates.Uploads;

namespace Certrelay.Tests.Certificates;

/// <summary>The good upload in the forms that files have, made by <c>openssl</c> where it can.</summary>
internal static class UploadFiles
{
    public const string Secret = "correct horse 42";

    /// <summary>What <c>openssl</c> makes with leaf (<c>leaf.pem</c>), chain (<c>chain.pem</c>) and key (<c>key.pem</c>) in the file <c>out</c>.</summary>
    public static byte[] OpenSsl(string arguments, TestCertificate? leaf = null)
    {
        leaf ??= Leaf;
        using var folder = new OpenSslFolder();
        folder.Write("leaf.pem", leaf.Pem);
        folder.Write("chain.pem", leaf.Issuer!.Pem);
        folder.Write("key.pem", leaf.KeyPem);
        folder.Write("secret", Secret);
        folder.Run($"{arguments} -out out");
        return folder.ReadBytes("out");
    }

    public static byte[] Pkcs12(string arguments = "", TestCertificate? leaf = null) =>
        OpenSsl($"pkcs12 -export -in leaf.pem -certfile chain.pem -inkey key.pem -passout file:secret {arguments}".TrimEnd(), leaf);

    /// <summary>The key under the passphrase, with the certificates in front of it.</summary>
    public static byte[] Encrypted(string arguments, TestCertificate? leaf = null) =>
        [.. Pem.Bytes((leaf ?? Leaf).FullChainPem), .. OpenSsl($"{arguments} -in key.pem -passout file:secret", leaf)];

    public static byte[] Zip(params (string Name, byte[] Content)[] entries) => Zip(CompressionLevel.Optimal, entries);

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    public static byte[] Der(string pem) => Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);

    public static CertificateInspection Inspect(string? passphrase, params byte[][] files)
    {
        using var secret = passphrase is null ? null : Passphrase.OfUtf8(Pem.Bytes(passphrase));
        return CertificateInspector.Inspect([.. files.Select(static file => (ReadOnlyMemory<byte>)file)], Options with { Passphrase = secret });
    }
}
