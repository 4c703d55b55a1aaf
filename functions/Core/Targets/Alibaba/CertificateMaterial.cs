using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Certrelay.Certificates;

namespace Certrelay.Targets.Alibaba;

/// <summary>A certificate with its key as a product itself holds them, PEM in bytes; zeroed on disposal.</summary>
internal sealed class CertificateMaterial(string name, byte[] chain, byte[] key) : IDisposable
{
    public string Name { get; } = name;

    /// <summary>Leaf first, then the intermediates.</summary>
    public ReadOnlyMemory<byte> Chain => chain;

    public ReadOnlyMemory<byte> Key => key;

    public static CertificateMaterial Of(string name, CertificateBundle certificate) => new(name, certificate.FullChainPem(), certificate.PrivateKeyPem());

    /// <summary>A backup of several, by the resources that hold them; null when there are none.</summary>
    public static TargetBackup? Backup(IReadOnlyList<(string Resource, CertificateMaterial Material)> all)
    {
        if (all.Count == 0)
            return null;
        ReadOnlyMemory<byte>[] parts = [.. all.SelectMany(static one => (ReadOnlyMemory<byte>[])[Encoding.UTF8.GetBytes(one.Resource), Encoding.UTF8.GetBytes(one.Material.Name), one.Material.Chain, one.Material.Key])];
        var whole = new byte[parts.Sum(static part => part.Length + 4)];
        var at = 0;
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(at), part.Length);
            part.Span.CopyTo(whole.AsSpan(at + 4));
            at += part.Length + 4;
        }

        return new TargetBackup(whole);
    }

    /// <summary>What <see cref="Backup"/> kept for a resource; null when it kept nothing.</summary>
    public static CertificateMaterial? Read(TargetBackup? backup, string resource)
    {
        var rest = backup?.Bytes ?? default;
        while (rest.Length > 0)
        {
            var (id, name, chain, key) = (Next(ref rest), Next(ref rest), Next(ref rest), Next(ref rest));
            if (Encoding.UTF8.GetString(id.Span) == resource)
                return new CertificateMaterial(Encoding.UTF8.GetString(name.Span), chain.ToArray(), key.ToArray());
        }

        return null;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(key);

    public override string ToString() => Name;

    private static ReadOnlyMemory<byte> Next(ref ReadOnlyMemory<byte> rest)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(rest.Span);
        var part = rest.Slice(4, length);
        rest = rest[(4 + length)..];
        return part;
    }
}
