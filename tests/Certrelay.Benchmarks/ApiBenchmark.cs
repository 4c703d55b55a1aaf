using System.Globalization;
using System.Text.RegularExpressions;
using Certrelay.App.Embedded.Sqlite;
using Microsoft.Extensions.Logging;

namespace Certrelay.Benchmarks;

/// <summary>
/// Calls a second over 32 connections, driven by <c>wrk</c>: nginx that answers two bytes, the least application of the framework doing the same, our health, one certificate, and the next 20 to expire of 10,000; with the
/// time that 99 of 100 calls stay below.
/// </summary>
internal static partial class ApiBenchmark
{
    private const int Certificates = 10_000;
    private const int Connections = 32;
    private const int Turns = 5;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("certrelay-bench-");
        try
        {
            var data = Directory.CreateDirectory(Path.Combine(folder.FullName, "data")).FullName;
            await FillAsync(Path.Combine(data, "certrelay.db"));
            var app = await OwnApp.PublishAsync(Path.Combine(folder.FullName, "app"));
            await using var nginx = await NginxSite.StartAsync();
            var url = $"http://127.0.0.1:{OwnApp.FreePort()}";
            var bare = $"http://127.0.0.1:{OwnApp.FreePort()}";
            using var least = ProgramRun.Background("dotnet", [Path.Combine(AppContext.BaseDirectory, "Certrelay.Benchmarks.dll"), BareApp.Verb, bare, nameof(LogLevel.Warning)]);
            using var process = ProgramRun.Background("dotnet", [app, "serve", "--data", data, "--url", url]);
            try
            {
                await ProgramRun.UntilItAnswersAsync(least, new Uri(new Uri(bare), "healthz"));
                await ProgramRun.UntilItAnswersAsync(process, new Uri(new Uri(url), "healthz"));
                var token = (await File.ReadAllTextAsync(Path.Combine(data, "admin-token"))).Trim();
                await MeasureAsync(new Uri($"http://127.0.0.1:{nginx.PlainPort}/"), new Uri(bare), new Uri(url), token);
            }
            finally
            {
                await ProgramRun.StopAsync(process);
                await ProgramRun.StopAsync(least);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task FillAsync(string database)
    {
        await using var file = new SqliteFile(database);
        await CertificateImport.RunAsync(new SqliteRecordStore(file), Certificates, TimeProvider.System.GetUtcNow());
    }

    private static async Task MeasureAsync(Uri nginx, Uri bare, Uri own, string token)
    {
        Uri[] places = [nginx, new(own, "healthz"), new(own, "api/certificates/certificate-0004711"), new(own, "api/certificates?sort=expiry&limit=20"), new(bare, "healthz")];
        var (rates, late) = (places.Select(static _ => new List<double>()).ToArray(), places.Select(static _ => new List<double>()).ToArray());
        for (var turn = -1; turn < Turns; turn++)
        {
            for (var i = 0; i < places.Length; i++)
            {
                var (rate, p99) = await DriveAsync(places[i], token);
                if (turn < 0)
                    continue;
                rates[i].Add(rate);
                late[i].Add(p99);
            }
        }

        Console.WriteLine($"nginx: {Rounds.Of(rates[0], "calls/s")}, 99 % within {Rounds.Of(late[0], "ms")}");
        Console.WriteLine($"bare application: {Rounds.Of(rates[4], "calls/s")}, 99 % within {Rounds.Of(late[4], "ms")}; of nginx {Rounds.Ratio(rates[4], rates[0]):N2}");
        Console.WriteLine($"health: {Rounds.Of(rates[1], "calls/s")}, 99 % within {Rounds.Of(late[1], "ms")}; of nginx {Rounds.Ratio(rates[1], rates[0]):N2}");
        Console.WriteLine($"one certificate: {Rounds.Of(rates[2], "calls/s")}, 99 % within {Rounds.Of(late[2], "ms")}; of health {Rounds.Ratio(rates[2], rates[1]):N2}");
        Console.WriteLine($"next 20 expiring: {Rounds.Of(rates[3], "calls/s")}, 99 % within {Rounds.Of(late[3], "ms")}; of health {Rounds.Ratio(rates[3], rates[1]):N2}");
    }

    private static async Task<(double Rate, double Milliseconds)> DriveAsync(Uri place, string token)
    {
        var text = await ProgramRun.OutputAsync("wrk", ["-t1", $"-c{Connections}", "-d4s", "--latency", "-H", $"Authorization: Bearer {token}", place.ToString()]);
        if (Refused().IsMatch(text))
            throw new InvalidOperationException($"{place}: {text}");
        var late = Late().Match(text);
        var milliseconds = double.Parse(late.Groups["value"].Value, CultureInfo.InvariantCulture) * late.Groups["unit"].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 };
        return (double.Parse(Rate().Match(text).Groups["rate"].Value, CultureInfo.InvariantCulture), milliseconds);
    }

    [GeneratedRegex(@"Requests/sec:\s+(?<rate>[\d.]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Rate();

    [GeneratedRegex(@"99%\s+(?<value>[\d.]+)(?<unit>us|ms|s)", RegexOptions.NonBacktracking)]
    private static partial Regex Late();

    [GeneratedRegex("Non-2xx|Socket errors", RegexOptions.NonBacktracking)]
    private static partial Regex Refused();
}
