using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Certrelay.Benchmarks;

/// <summary>A TLS server on every loopback address, as a process of its own, so that its work is not ours.</summary>
internal sealed class TlsSite : IDisposable
{
    public const string Verb = "tls-site";

    private readonly Process _process;

    private TlsSite(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static TlsSite Start()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Certrelay.Benchmarks.dll"), Verb])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        return new TlsSite(process, int.Parse(process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture));
    }

    /// <summary>The server itself: prints its port, then serves until it is killed.</summary>
    public static async Task<int> ServeAsync()
    {
        using var certificate = BenchmarkLeaf.Make("bench.example.test");
        var context = SslStreamCertificateContext.Create(certificate, null, offline: true);
        var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start(backlog: 4096);
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
        while (true)
            _ = AnswerAsync(await listener.AcceptTcpClientAsync(), context);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private static async Task AnswerAsync(TcpClient client, SslStreamCertificateContext context)
    {
        using (client)
        {
            try
            {
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = context, AllowTlsResume = false });
                await tls.ShutdownAsync();
            }
            catch (Exception gone) when (gone is IOException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // A client that leaves early is the client's affair.
            }
        }
    }
}
