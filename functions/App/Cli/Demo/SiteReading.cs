using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;

namespace Certrelay.App.Cli.Demo;

/// <summary>What a site shows to a client of the demo's own, and what its files hold.</summary>
/// <param name="Served">The leaf of one complete handshake.</param>
/// <param name="Trusted">True when chain and name satisfy a client that trusts the demo's root alone.</param>
/// <param name="InFile">The first certificate of the chain file.</param>
/// <param name="KeyFits">True when the key file holds the key of <paramref name="InFile"/>.</param>
internal sealed record SiteReading(Fingerprint Served, bool Trusted, Fingerprint InFile, bool KeyFits)
{
    /// <summary>Reads files and handshake without any code of the product's probe; throws as sockets, files and PEM do.</summary>
    public static async Task<SiteReading> OfAsync(DemoSite site, byte[] root, CancellationToken cancellationToken)
    {
        var (served, trusted) = await HandshakeAsync(site, root, cancellationToken);
        using var leaf = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(site.ChainFile, cancellationToken));
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(site.KeyFile, cancellationToken));
        var keyFits = key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(leaf.PublicKey.ExportSubjectPublicKeyInfo());
        return new SiteReading(served, trusted, Fingerprint.Of(leaf.RawData), keyFits);
    }

    private static async Task<(Fingerprint Served, bool Trusted)> HandshakeAsync(DemoSite site, byte[] root, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, site.Port, cancellationToken);
        await using var tls = new SslStream(client.GetStream());
        using var anchor = X509CertificateLoader.LoadCertificate(root);
        var trusted = false;
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = site.ServerName,
                AllowTlsResume = false,
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { anchor },
                    RevocationMode = X509RevocationMode.NoCheck,
                    DisableCertificateDownloads = true,
                },
                // A certificate that is not trusted is looked at as well: which one it is belongs into the report.
                RemoteCertificateValidationCallback = (_, leaf, _, faults) =>
                {
                    trusted = faults == SslPolicyErrors.None;
                    return leaf is not null;
                },
            },
            cancellationToken);
        return (Fingerprint.Of(tls.RemoteCertificate!.GetRawCertData()), trusted);
    }
}
