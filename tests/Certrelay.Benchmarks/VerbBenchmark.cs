using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Certrelay.Benchmarks;

/// <summary>
/// The verbs without a host against a console program that writes one line: <c>inspect</c> of a file from start to end, and <c>probe</c> until its first connection
/// arrives, which is what starting it costs.
/// </summary>
internal static class VerbBenchmark
{
    public const string Bare = "bare-console";

    private const int Turns = 15;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("certrelay-bench-");
        try
        {
            var app = await OwnApp.PublishAsync(Path.Combine(folder.FullName, "app"));
            var file = WriteLeaf(folder.FullName);
            var (bare, inspect, probe) = (new List<double>(), new List<double>(), new List<double>());
            for (var turn = -1; turn < Turns; turn++)
            {
                var first = await WholeAsync([Path.Combine(AppContext.BaseDirectory, "Certrelay.Benchmarks.dll"), Bare]);
                var second = await WholeAsync([app, "inspect", file]);
                var third = await UntilConnectedAsync(app);
                if (turn < 0)
                    continue;
                bare.Add(first);
                inspect.Add(second);
                probe.Add(third);
            }

            Console.WriteLine($"bare console program: {Rounds.Of(bare, "ms")}");
            Console.WriteLine($"inspect, start to end: {Rounds.Of(inspect, "ms")}, ratio {Rounds.Ratio(inspect, bare):N2}");
            Console.WriteLine($"probe, start to its first connection: {Rounds.Of(probe, "ms")}, ratio {Rounds.Ratio(probe, bare):N2}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> WholeAsync(string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        await ProgramRun.OutputAsync("dotnet", arguments, 1);
        return watch.Elapsed.TotalMilliseconds;
    }

    private static async Task<double> UntilConnectedAsync(string app)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var watch = Stopwatch.StartNew();
        using var process = ProgramRun.Background("dotnet", [app, "probe", $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"]);
        using var client = await listener.AcceptTcpClientAsync();
        var milliseconds = watch.Elapsed.TotalMilliseconds;
        await ProgramRun.StopAsync(process);
        return milliseconds;
    }

    private static string WriteLeaf(string folder)
    {
        using var leaf = BenchmarkLeaf.Make("bench.example.test");
        var file = Path.Combine(folder, "leaf.pem");
        File.WriteAllText(file, leaf.ExportCertificatePem());
        return file;
    }
}
