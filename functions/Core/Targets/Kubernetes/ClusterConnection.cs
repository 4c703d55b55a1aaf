using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Certrelay.Dns;
using Certrelay.Outgoing;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Kubernetes;

/// <summary>
/// The way to one cluster: TLS that only the cluster's own authority vouches for, addresses that the guard lets through (class cluster), no proxy, no redirect.
/// It owns the kubeconfig, and zeroes it with itself.
/// </summary>
internal sealed class ClusterConnection : IDisposable
{
    private readonly Kubeconfig _access;
    private readonly CloudTransport _transport;

    /// <param name="name">The cluster among all of an account.</param>
    /// <param name="access">Belongs to the connection.</param>
    public ClusterConnection(string name, Kubeconfig access, GuardedConnection connection, CloudOptions options, TimeProvider time)
    {
        _access = access;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationTime = time.GetUtcNow().UtcDateTime,
        };
        policy.CustomTrustStore.AddRange(access.Authorities);
        _transport = new CloudTransport(options, time, new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            ActivityHeadersPropagator = null,
            ConnectCallback = async (context, cancellationToken) => new NetworkStream(
                await connection.OpenAsync(OutgoingClass.Cluster, context.DnsEndPoint.Host.Trim('[', ']'), context.DnsEndPoint.Port, cancellationToken), ownsSocket: true),
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = policy,
                ClientCertificateContext = access.Certificate is { } own ? SslStreamCertificateContext.Create(own, null, offline: true) : null,
            },
        });
        Route = new CloudRoute(name, _transport);
    }

    public CloudRoute Route { get; }

    public Uri Server => _access.Server;

    /// <summary>The headers that say who asks; none where the handshake does.</summary>
    public IReadOnlyList<CloudField> Headers => _access.Token is { } token ? [new("Authorization", $"Bearer {Encoding.ASCII.GetString(token.Bytes)}")] : [];

    public void Dispose()
    {
        _transport.Dispose();
        _access.Dispose();
    }
}
