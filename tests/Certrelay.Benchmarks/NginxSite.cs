using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Benchmarks;

/// <summary>nginx on every loopback address: TLS 1.3 with a P-256 leaf on one port, plain HTTP with an answer of two bytes on another.</summary>
internal sealed class NginxSite : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certrelay-bench-nginx-");
    private readonly Process _process;

    private NginxSite()
    {
        WritePair();
        var file = Path.Combine(_folder.FullName, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off; pid {{_folder.FullName}}/pid; error_log {{_folder.FullName}}/error.log; worker_processes auto;
            events { worker_connections 4096; }
            http {
                access_log off; client_body_temp_path {{_folder.FullName}}; proxy_temp_path {{_folder.FullName}}; fastcgi_temp_path {{_folder.FullName}};
                uwsgi_temp_path {{_folder.FullName}}; scgi_temp_path {{_folder.FullName}}; keepalive_requests 1000000000;
                server { listen {{Port}} ssl backlog=4096; ssl_protocols TLSv1.3; ssl_certificate {{_folder.FullName}}/leaf.pem; ssl_certificate_key {{_folder.FullName}}/leaf.key; return 200 ok; }
                server { listen {{PlainPort}}; return 200 ok; }
            }
            """);
        _process = ProgramRun.Background("nginx", ["-c", file]);
    }

    public int Port { get; } = OwnApp.FreePort();

    public int PlainPort { get; } = OwnApp.FreePort();

    /// <summary>Starts it and waits until it answers.</summary>
    public static async Task<NginxSite> StartAsync()
    {
        var site = new NginxSite();
        await ProgramRun.UntilItAnswersAsync(site._process, new Uri($"http://127.0.0.1:{site.PlainPort}/"));
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        await ProgramRun.StopAsync(_process);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private void WritePair()
    {
        using var leaf = BenchmarkLeaf.Make("bench.example.test");
        using var key = leaf.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(_folder.FullName, "leaf.pem"), leaf.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder.FullName, "leaf.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
