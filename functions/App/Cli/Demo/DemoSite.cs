using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Certrelay.App.Cli.Demo;

/// <summary>
/// A TLS server as others run it: it serves the pair of files in its folder, read at its start and again when its control port is asked. One whose
/// configuration is broken refuses every reload and goes on with what it has.
/// </summary>
internal sealed class DemoSite : IAsyncDisposable
{
    public const string Reloaded = "reloaded";

    private readonly bool _isBroken;
    private readonly LoopbackServer _tls;
    private readonly LoopbackServer _control;
    private SslStreamCertificateContext _pair;

    /// <summary>Writes the first pair into a new folder and serves it.</summary>
    public DemoSite(string name, string folder, DemoPair first, bool isBroken)
    {
        (Name, Folder, First, _isBroken) = (name, folder, first, isBroken);
        Directory.CreateDirectory(folder);
        File.WriteAllText(ChainFile, first.FullChainPem);
        AtomicFile.Replace(KeyFile, Encoding.ASCII.GetBytes(first.KeyPem), FileStamp.OwnerOnly);
        _pair = ReadPair();
        _tls = new LoopbackServer(ServeAsync);
        _control = new LoopbackServer(ControlAsync);
        File.WriteAllText(Path.Combine(folder, "control"), $"{_control.Port}\n");
    }

    public string Name { get; }

    public string Folder { get; }

    /// <summary>What the site served before anything was deployed.</summary>
    public DemoPair First { get; }

    public string ServerName => NameOf(Name);

    public string ChainFile => Path.Combine(Folder, "fullchain.pem");

    public string KeyFile => Path.Combine(Folder, "privkey.pem");

    public int Port => _tls.Port;

    public int ControlPort => _control.Port;

    // RFC 6761 section 6.2: nobody ever owns a name under .test.
    public static string NameOf(string site) => $"{site}.demo.test";

    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        await _tls.DisposeAsync();
    }

    private async Task ServeAsync(NetworkStream connection, CancellationToken cancellationToken)
    {
        await using var tls = new SslStream(connection);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificateContext = Volatile.Read(ref _pair), AllowTlsResume = false }, cancellationToken);
        await tls.ShutdownAsync();
    }

    private async Task ControlAsync(NetworkStream connection, CancellationToken cancellationToken) =>
        await connection.WriteAsync(Encoding.ASCII.GetBytes(Reload() + "\n"), cancellationToken);

    private string Reload()
    {
        if (_isBroken)
            return $"{Name}: the configuration is broken on line 7, the former certificate stays";
        try
        {
            Volatile.Write(ref _pair, ReadPair());
            return Reloaded;
        }
        catch (Exception fault) when (fault is CryptographicException or IOException)
        {
            return $"{Name}: {fault.Message}";
        }
    }

    private SslStreamCertificateContext ReadPair()
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(ChainFile);
        using var leaf = X509Certificate2.CreateFromPemFile(ChainFile, KeyFile);
        // By way of PKCS#12, because Windows cannot serve a key that was never imported.
        return SslStreamCertificateContext.Create(X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pfx), null), all, offline: true);
    }
}
