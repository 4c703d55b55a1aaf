using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;

namespace Certrelay.App.Cli.Demo;

/// <summary>A leaf with its issuers and its key, as the demo's sites and uploads use them.</summary>
internal sealed record DemoPair(byte[] Leaf, IReadOnlyList<byte[]> Chain, byte[] Key)
{
    public Fingerprint Fingerprint { get; } = Fingerprint.Of(Leaf);

    public string LeafPem => PemEncoding.WriteString("CERTIFICATE", Leaf) + "\n";

    public string FullChainPem => LeafPem + string.Concat(Chain.Select(static der => PemEncoding.WriteString("CERTIFICATE", der) + "\n"));

    public string KeyPem => PemEncoding.WriteString("PRIVATE KEY", Key) + "\n";

    public int DaysLeft(DateTimeOffset now)
    {
        using var leaf = X509CertificateLoader.LoadCertificate(Leaf);
        return (int)Math.Round((leaf.NotAfter.ToUniversalTime() - now.UtcDateTime).TotalDays);
    }
}
