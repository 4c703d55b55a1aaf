using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Certrelay.Benchmarks;

/// <summary>
/// From the start of the process to the first answer of <c>/healthz</c>, against the bare application; and the memory that stays resident when idle. Ours is published as
/// one deploys it, compiled ahead of time (ReadyToRun); the bare one has nothing to compile.
/// </summary>
internal static class StartBenchmark
{
    private const int Turns = 9;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("certrelay-bench-");
        try
        {
            var (ours, bare, resident) = (new List<double>(), new List<double>(), new List<double>());
            var app = await OwnApp.PublishAsync(Path.Combine(folder.FullName, "app"));
            for (var turn = -1; turn < Turns; turn++)
            {
                var first = await MeasureAsync(port => [Path.Combine(AppContext.BaseDirectory, "Certrelay.Benchmarks.dll"), BareApp.Verb, Url(port), nameof(LogLevel.Information)], folder.FullName, idle: TimeSpan.Zero);
                var second = await MeasureAsync(port => [app, "serve", "--data", Path.Combine(folder.FullName, "data"), "--url", Url(port)], folder.FullName, idle: TimeSpan.FromSeconds(2));
                // The first turn makes vault and database and warms the disk.
                if (turn < 0)
                    continue;
                bare.Add(first.Milliseconds);
                ours.Add(second.Milliseconds);
                resident.Add(second.Megabytes);
            }

            Console.WriteLine($"bare application: {Rounds.Of(bare, "ms")}");
            Console.WriteLine($"certrelay serve: {Rounds.Of(ours, "ms")}");
            Console.WriteLine($"ratio: {Rounds.Ratio(ours, bare):N2}");
            Console.WriteLine($"resident when idle: {Rounds.Of(resident, "MB")}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Url(int port) => $"http://127.0.0.1:{port}";

    private static async Task<(double Milliseconds, double Megabytes)> MeasureAsync(Func<int, string[]> arguments, string folder, TimeSpan idle)
    {
        var port = OwnApp.FreePort();
        // The bare application watches all folders below the one that it is started in, which took it a quarter of its start in a checkout.
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments(port)) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) != "dotnet")
            start.FileName = "dotnet";
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        try
        {
            while (!await AnswersAsync(port))
            {
                if (process.HasExited)
                    throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
            }

            var milliseconds = watch.Elapsed.TotalMilliseconds;
            await Task.Delay(idle, TimeProvider.System, CancellationToken.None);
            return (milliseconds, ProgramRun.Resident(process));
        }
        finally
        {
            await ProgramRun.StopAsync(process);
        }
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            await using var stream = client.GetStream();
            await stream.WriteAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
            var answer = new byte[12];
            return await stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false) == answer.Length && answer.AsSpan(9).SequenceEqual("200"u8);
        }
        catch (SocketException)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
            return false;
        }
    }
}
