using System.Diagnostics;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Certrelay.Watch;

namespace Certrelay.Benchmarks;

/// <summary>
/// A tick of ScanExpiry with 2,000 checks due, over 1,000,000 and over 100,000 certificates with lives of 6 to 398 days: its time, and the rows that it reads; then the
/// memory of the product over the larger inventory, once its own timer has run.
/// </summary>
internal static class ExpiryBenchmark
{
    private const int Small = 100_000;
    private const int Large = 1_000_000;
    private const int Turns = 9;

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("certrelay-bench-");
        try
        {
            var now = TimeProvider.System.GetUtcNow();
            var data = Directory.CreateDirectory(Path.Combine(folder.FullName, "data")).FullName;
            await using (var small = new Inventory(Path.Combine(folder.FullName, "small.db")))
            await using (var large = new Inventory(Path.Combine(data, "certrelay.db")))
            {
                await small.FillAsync(Small, now);
                await large.FillAsync(Large, now);
                await CompareAsync(small, large, now);
            }

            await ResidentAsync(folder.FullName, data);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task CompareAsync(Inventory small, Inventory large, DateTimeOffset now)
    {
        var (few, many, rows) = (new List<double>(), new List<double>(), new List<double>());
        for (var turn = -3; turn < Turns; turn++)
        {
            // Each turn finds what the one before has moved on, and a little more.
            var at = now + ((turn + 3) * DueNudges.Again);
            var (first, second) = (await small.TickAsync(at), await large.TickAsync(at));
            if (turn < 0)
                continue;
            few.Add(first.Milliseconds);
            many.Add(second.Milliseconds);
            rows.Add(second.Rows);
        }

        Console.WriteLine($"a tick that nudges {DueNudges.Most:N0} of {Small:N0}: {Rounds.Of(few, "ms")}");
        Console.WriteLine($"a tick that nudges {DueNudges.Most:N0} of {Large:N0}: {Rounds.Of(many, "ms")}, ratio {Rounds.Ratio(many, few):N2}");
        Console.WriteLine($"rows read: {rows.Max():N0} for {DueNudges.Most:N0} due");
    }

    private static async Task ResidentAsync(string folder, string data)
    {
        var app = await OwnApp.PublishAsync(Path.Combine(folder, "app"));
        var url = $"http://127.0.0.1:{OwnApp.FreePort()}";
        using var process = ProgramRun.Background("dotnet", [app, "serve", "--data", data, "--url", url]);
        try
        {
            // Its timers run each minute.
            var most = 0.0;
            var watch = Stopwatch.StartNew();
            while (watch.Elapsed < TimeSpan.FromSeconds(100))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None);
                most = Math.Max(most, ProgramRun.Resident(process));
            }

            Console.WriteLine($"resident over {Large:N0} certificates: {ProgramRun.Resident(process):N1} MB, {most:N1} MB at most while its timers ran");
        }
        finally
        {
            await ProgramRun.StopAsync(process);
        }
    }

    private sealed class Inventory(string path) : IAsyncDisposable
    {
        private readonly SqliteFile _file = new(path);

        public async Task FillAsync(int certificates, DateTimeOffset now)
        {
            var store = new SqliteRecordStore(_file);
            await CertificateImport.RunAsync(store, certificates, now, DueNudges.Most);
        }

        public async Task<(double Milliseconds, long Rows)> TickAsync(DateTimeOffset now)
        {
            var store = new SqliteRecordStore(_file);
            var nudges = new DueNudges(new Due(store), new SqliteWorkQueue(_file, TimeProvider.System));
            var watch = Stopwatch.StartNew();
            var nudged = await nudges.RunAsync(DueKind.Check, now, CancellationToken.None);
            if (nudged != DueNudges.Most)
                throw new InvalidOperationException($"{nudged} were due.");
            return (watch.Elapsed.TotalMilliseconds, store.RowsRead);
        }

        public ValueTask DisposeAsync() => _file.DisposeAsync();
    }
}
