using System.Security.Cryptography;
using System.Text;
using Certrelay.Certificates;

namespace Certrelay.Targets.Local;

/// <summary>What a target's files hold: one buffer a file name, null where the file does not exist. Zeroed on disposal, as one of them is the key.</summary>
internal sealed class LiveFiles(IReadOnlyList<LiveFile> files) : IDisposable
{
    public IReadOnlyList<LiveFile> All { get; } = files;

    public LiveFile Named(string name) => All.First(file => file.Name == name);

    public void Dispose()
    {
        foreach (var file in All)
            CryptographicOperations.ZeroMemory(file.Bytes);
    }
}

/// <summary>One file with its exact bytes, mode and owner; <see cref="Bytes"/> is null when there is no such file.</summary>
internal sealed record LiveFile(string Name, byte[]? Bytes, FileStamp Stamp)
{
    /// <summary>The leaf in the file: its first certificate, as every server takes it; null when there is none.</summary>
    public Fingerprint? Leaf => FirstCertificate() is { } der ? Fingerprint.Of(der) : null;

    /// <summary>The DER of the first PEM block that is a certificate (RFC 7468 section 5).</summary>
    public byte[]? FirstCertificate()
    {
        var rest = Bytes.AsSpan();
        while (PemEncoding.TryFindUtf8(rest, out var block))
        {
            if (rest[block.Label].SequenceEqual("CERTIFICATE"u8))
            {
                var der = new byte[block.DecodedDataLength];
                var text = Encoding.ASCII.GetString(rest[block.Base64Data]);
                return Convert.TryFromBase64Chars(text, der, out var count) ? der[..count] : null;
            }

            rest = rest[block.Location.End..];
        }

        return null;
    }
}
