using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Certrelay.Targets.Aws;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;
using Certrelay.Vault;

namespace Certrelay.Benchmarks;

/// <summary>
/// One upload POST to each of 1,000 TLS hosts, 64 at once, each host a connection and a handshake of its own: the vendor client, signing included, against
/// <c>curl -Z</c> with the same body. Nothing is verified by handshakes afterwards.
/// </summary>
internal static class VendorBenchmark
{
    public const string Verb = "vendor-calls";

    private const int Hosts = 1_000;
    private const int AtOnce = 64;
    private const int Turns = 7;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("certrelay-bench-");
        try
        {
            using var leaf = BenchmarkLeaf.Make("127.0.0.1");
            var file = Path.Combine(folder.FullName, "site.pem");
            await File.WriteAllTextAsync(file, leaf.ExportCertificatePem() + "\n" + leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            // The framework reads the roots that it trusts once, from where this variable points: hence a process of its own.
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Certrelay.Benchmarks.dll"), Verb, folder.FullName])
            {
                UseShellExecute = false,
                Environment = { ["SSL_CERT_FILE"] = file },
            };
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"The calls ended with {process.ExitCode}.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The rounds themselves, in a process that trusts the hosts.</summary>
    public static async Task<int> MeasureAsync(string folder)
    {
        var first = FreeRange();
        using var nginx = await ServeAsync(folder, first);
        try
        {
            // The size of an upload with chain and key.
            var body = Encoding.ASCII.GetBytes(new string('x', 6_000));
            var (posted, urls) = (Path.Combine(folder, "body"), Path.Combine(folder, "urls"));
            await File.WriteAllBytesAsync(posted, body);
            await File.WriteAllLinesAsync(urls, Enumerable.Range(first, Hosts).Select(port => $"url = \"https://127.0.0.1:{port}/\"\noutput = \"/dev/null\""));
            var (ours, curl) = (new List<double>(), new List<double>());
            for (var turn = -1; turn < Turns; turn++)
            {
                var (one, other) = (await OursAsync(first, body), await CurlAsync(folder, posted, urls));
                if (turn < 0)
                    continue;
                ours.Add(one);
                curl.Add(other);
            }

            Console.WriteLine($"{Hosts:N0} uploads, {AtOnce} at once: {Rounds.Of(ours, "calls/s")}; curl -Z: {Rounds.Of(curl, "calls/s")}; ratio: {Rounds.Ratio(ours, curl):N2}");
            return 0;
        }
        finally
        {
            await ProgramRun.StopAsync(nginx);
        }
    }

    private static async Task<double> OursAsync(int first, byte[] body)
    {
        using var transport = new CloudTransport(new CloudOptions(), TimeProvider.System);
        using var credentials = new CloudCredentials("AKIDEXAMPLE", new Secret(Encoding.ASCII.GetBytes("not-a-real-secret")));
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, Hosts, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, token) =>
        {
            using var request = new CloudRequest
            {
                Method = "POST",
                Endpoint = new Uri($"https://127.0.0.1:{first + i}"),
                Headers = [new CloudField("x-amz-target", "CertificateManager.ImportCertificate")],
                Content = new CloudContent("application/x-amz-json-1.1", [.. body]),
            };
            var signature = SigV4Signer.Sign(request, "eu-central-1", "acm", credentials, TimeProvider.System.GetUtcNow());
            using var answer = await transport.SendAsync(request, signature, token);
            if (!answer.IsSuccess)
                throw new InvalidOperationException($"A host answered {answer.Status}.");
        });
        return Hosts / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> CurlAsync(string folder, string body, string urls)
    {
        var watch = Stopwatch.StartNew();
        await ProgramRun.OutputAsync("curl",
        [
            "-sSf", "-Z", "--parallel-max", $"{AtOnce}", "--cacert", Path.Combine(folder, "site.pem"), "-X", "POST", "-H", "Content-Type: application/x-amz-json-1.1",
            "--data-binary", $"@{body}", "-K", urls,
        ]);
        return Hosts / watch.Elapsed.TotalSeconds;
    }

    private static async Task<Process> ServeAsync(string folder, int first)
    {
        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off; pid {{folder}}/nginx.pid; error_log stderr crit; worker_processes 2; worker_rlimit_nofile 16384;
            events { worker_connections 8192; }
            http {
              access_log off; client_body_temp_path {{folder}}/b; proxy_temp_path {{folder}}/p; fastcgi_temp_path {{folder}}/f; uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
              server { listen 127.0.0.1:{{first}}-{{first + Hosts - 1}} ssl; ssl_certificate {{folder}}/site.pem; ssl_certificate_key {{folder}}/site.pem; return 200 "{}"; }
            }
            """);
        var nginx = ProgramRun.Background("nginx", ["-c", configuration, "-p", folder, "-e", "stderr"]);
        while (!Answers(first))
        {
            if (nginx.HasExited)
                throw new InvalidOperationException("nginx does not start.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }

        return nginx;
    }

    private static bool Answers(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The first of 1,000 ports below those that the system gives to clients, none of which anybody listens on.</summary>
    private static int FreeRange()
    {
        var taken = System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(static end => end.Port).ToHashSet();
        return Enumerable.Range(2, 28).Select(static thousand => thousand * 1_000).First(first => !Enumerable.Range(first, Hosts).Any(taken.Contains));
    }
}
