using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Tests.Rollouts;

/// <summary>
/// A TLS server on a loopback address that serves the pair of files in a folder, read at its start and whenever the file <c>reloads</c> there has grown: what a reload
/// command appends to, and what a test counts.
/// </summary>
internal sealed class TlsFileSite : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly string _folder;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private SslStreamCertificateContext? _pair;
    private long _reloads;

    public TlsFileSite(string folder, string address = "127.0.0.1", int port = 0)
    {
        _folder = folder;
        _listener = new TcpListener(IPAddress.Parse(address), port);
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>When set, the server accepts connections and never answers.</summary>
    public bool Hangs { get; set; }

    /// <summary>When set, the server goes on with the pair that it has.</summary>
    public bool IgnoresReloads { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                if (Hangs)
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
                if (Pair() is not { } pair)
                    return;
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = pair, AllowTlsResume = false }, _stop.Token);
                await tls.ShutdownAsync();
            }
            catch (Exception fault) when (fault is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException or SocketException)
            {
                // The prober went away, or the test is over.
            }
        }
    }

    private SslStreamCertificateContext? Pair()
    {
        lock (_listener)
        {
            var log = new FileInfo(Path.Combine(_folder, "reloads"));
            var reloads = log.Exists ? log.Length : 0;
            if (_pair is null || (reloads != _reloads && !IgnoresReloads))
            {
                var (chain, key) = (Path.Combine(_folder, "fullchain.pem"), Path.Combine(_folder, "privkey.pem"));
                if (!File.Exists(chain))
                    return null;
                var all = new X509Certificate2Collection();
                all.ImportFromPemFile(chain);
                using var leaf = X509Certificate2.CreateFromPemFile(chain, key);
                _pair = SslStreamCertificateContext.Create(X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pfx), null), all, offline: true);
                _reloads = reloads;
            }

            return _pair;
        }
    }
}
