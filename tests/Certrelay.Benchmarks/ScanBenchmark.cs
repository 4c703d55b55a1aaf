using System.Diagnostics;
using System.Globalization;
using System.Net;
using Certrelay.Outgoing;

namespace Certrelay.Benchmarks;

/// <summary>
/// 10,000 complete TLS 1.3 handshakes against nginx, 64 at once: the product's probe against a loop of Go's <c>tls.Dial</c>; and a scan of 1,000 endpoints as whole
/// processes: <c>certrelay probe --quick</c>, the blackbox exporter asked by 64 callers, and nmap's <c>ssl-cert</c>.
/// </summary>
internal static class ScanBenchmark
{
    private const int Probes = 10_000;
    private const int Endpoints = 1_000;
    private const int AtOnce = 64;
    private const int Turns = 5;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("certrelay-bench-");
        try
        {
            await using var site = await NginxSite.StartAsync();
            var go = Path.Combine(folder.FullName, "godial");
            await ProgramRun.OutputAsync("go", ["build", "-o", go, Path.Combine(OwnApp.Root().FullName, "tests", "Certrelay.Benchmarks", "GoDial", "main.go")]);
            await LoopAsync(site, go);
            await WholeAsync(site, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task LoopAsync(NginxSite site, string go)
    {
        var (ours, dial) = (new List<double>(), new List<double>());
        for (var turn = -1; turn < Turns; turn++)
        {
            var (one, other) = (await OursAsync(site.Port), await GoAsync(go, site.Port));
            if (turn < 0)
                continue;
            ours.Add(one);
            dial.Add(other);
        }

        Console.WriteLine($"{Probes:N0} probes, {AtOnce} at once: {Rounds.Of(ours, "probes/s")}; Go tls.Dial: {Rounds.Of(dial, "probes/s")}; ratio: {Rounds.Ratio(ours, dial):N2}");
    }

    private static async Task<double> OursAsync(int port)
    {
        var probe = new TlsProbe(TimeProvider.System);
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = AtOnce };
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, Probes, bounds, async (i, token) =>
        {
            var address = IPAddress.Parse(Address(i));
            var result = await probe.ProbeAsync(address, new Endpoint(Address(i), port) { ServerName = "bench.example.test" }, TimeSpan.FromSeconds(5), token);
            if (result.Failure is { } failure)
                throw new InvalidOperationException(failure.Message);
        });
        return Probes / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> GoAsync(string go, int port) =>
        double.Parse(await ProgramRun.OutputAsync(go, [$"{port}", $"{Probes}", $"{AtOnce}"]), CultureInfo.InvariantCulture);

    private static async Task WholeAsync(NginxSite site, string folder)
    {
        var app = await OwnApp.PublishAsync(Path.Combine(folder, "app"));
        var (list, hosts) = (Path.Combine(folder, "endpoints"), Path.Combine(folder, "hosts"));
        await File.WriteAllLinesAsync(list, Enumerable.Range(0, Endpoints).Select(i => $"{Address(i)}:{site.Port}"));
        await File.WriteAllLinesAsync(hosts, Enumerable.Range(0, Endpoints).Select(Address));
        var (ours, exporter, nmap) = (new List<double>(), new List<double>(), new List<double>());
        for (var turn = -1; turn < Turns; turn++)
        {
            var first = await SecondsAsync(() => OwnScanAsync(app, list));
            var second = await SecondsAsync(() => ExporterAsync(folder, site.Port));
            var third = await SecondsAsync(() => NmapAsync(hosts, site.Port));
            if (turn < 0)
                continue;
            ours.Add(first);
            exporter.Add(second);
            nmap.Add(third);
        }

        Console.WriteLine($"{Endpoints:N0} endpoints, whole process: {Rounds.Of(ours, "s")}");
        Console.WriteLine($"blackbox exporter: {Rounds.Of(exporter, "s")}; we are {Rounds.Ratio(exporter, ours):N2} times as fast");
        Console.WriteLine($"nmap ssl-cert: {Rounds.Of(nmap, "s")}; we are {Rounds.Ratio(nmap, ours):N2} times as fast");
    }

    private static async Task OwnScanAsync(string app, string list)
    {
        // It ends with 1: the certificate is of nobody's trust, which is a finding.
        var lines = await ProgramRun.OutputAsync("dotnet", [app, "probe", "--quick", "--no-revocation", "--json", "--concurrency", $"{AtOnce}", "--file", list], 1);
        Check(lines.Split('\n').Count(static line => line.Contains("\"proved\":true", StringComparison.Ordinal)));
    }

    private static async Task NmapAsync(string hosts, int port)
    {
        var text = await ProgramRun.OutputAsync("nmap", ["-Pn", "-n", "-p", $"{port}", "--min-parallelism", $"{AtOnce}", "--script", "ssl-cert", "-iL", hosts]);
        Check(text.Split('\n').Count(static line => line.Contains("ssl-cert: Subject", StringComparison.Ordinal)));
    }

    private static async Task ExporterAsync(string folder, int port)
    {
        var file = Path.Combine(folder, "blackbox.yml");
        await File.WriteAllTextAsync(file, "modules:\n  tls:\n    prober: tcp\n    timeout: 5s\n    tcp:\n      tls: true\n      tls_config:\n        insecure_skip_verify: true\n");
        var listen = OwnApp.FreePort();
        using var process = ProgramRun.Background("prometheus-blackbox-exporter", [$"--config.file={file}", $"--web.listen-address=127.0.0.1:{listen}", "--log.level=error"]);
        try
        {
            await ProgramRun.UntilItAnswersAsync(process, new Uri($"http://127.0.0.1:{listen}/-/healthy"));
            using var client = new HttpClient(new SocketsHttpHandler());
            var seen = 0;
            await Parallel.ForAsync(0, Endpoints, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, token) =>
            {
                var text = await client.GetStringAsync(new Uri($"http://127.0.0.1:{listen}/probe?module=tls&target={Address(i)}:{port}"), token);
                if (text.Contains("\nprobe_success 1", StringComparison.Ordinal))
                    Interlocked.Increment(ref seen);
            });
            Check(seen);
        }
        finally
        {
            await ProgramRun.StopAsync(process);
        }
    }

    private static async Task<double> SecondsAsync(Func<Task> scan)
    {
        var watch = Stopwatch.StartNew();
        await scan();
        return watch.Elapsed.TotalSeconds;
    }

    private static void Check(int seen)
    {
        if (seen != Endpoints)
            throw new InvalidOperationException($"Only {seen} of {Endpoints} endpoints were seen.");
    }

    private static string Address(int i) => $"127.1.{i / 250 % 250}.{(i % 250) + 1}";
}
