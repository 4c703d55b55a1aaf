using System.Diagnostics;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Certrelay.Records.Lists;

namespace Certrelay.Benchmarks;

/// <summary>
/// 1,000,000 certificates with lives of 6 to 398 days: their import in batches against a bare loop on the same table, the list of the next 30 days against the
/// <c>sqlite3</c> program that reads the same key range of the same file, and the first 100 to expire.
/// </summary>
internal static class ListBenchmark
{
    private const int Certificates = 1_000_000;
    private const int Turns = 9;
    private const int Warming = 3;
    private const int First = 100;

    public static async Task RunAsync()
    {
        await using var data = new DataFolderForRun();
        var store = new SqliteRecordStore(data.File);
        var now = TimeProvider.System.GetUtcNow();
        // Nothing shall expire between a reading of ours and one of the yardstick.
        var time = new StandingClock(now);
        await CertificateImport.RunAsync(store, Certificates, now);
        CertificateImport.BareLoop(data.Path, now);

        var (from, to) = (KeyText.Time(now), KeyText.Time(now.AddDays(30)));
        var months = Enumerable.Range(0, 3).Select(month => now.AddMonths(month).ToString("yyyyMM")).Where(month => string.CompareOrdinal(month, to) <= 0).ToList();
        var list = new CertificateList(store, new ListIndex(store, time), time);
        var filter = new CertificateFilter { Within = TimeSpan.FromDays(30) };
        var (ours, program, held, first, firstHeld) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = -Warming; round < Turns; round++)
        {
            var (rows, reading) = await TimedAsync(() => RowsAsync(store, months, from, to, int.MaxValue));
            var (lines, cli) = await TimedAsync(() => CliAsync(Path.Combine(data.Path, "certrelay.db"), from, to));
            var (listed, holding) = await TimedAsync(async () => await list.ReadAsync(filter, null, CancellationToken.None).CountAsync(static row => row.Item is not null));
            if (rows != lines || rows != listed)
                throw new InvalidOperationException($"Ours read {rows} rows and listed {listed}, sqlite3 {lines}.");
            var soonest = await UsualOfAsync(() => RowsAsync(store, months, from, to, First));
            var soonestHeld = await UsualOfAsync(async () => await list.ReadAsync(filter, null, CancellationToken.None).Take(First).CountAsync());
            if (round == -Warming)
                Console.WriteLine($"{rows:N0} of {Certificates:N0} certificates expire within 30 days");
            if (round < 0)
                continue;
            ours.Add(reading);
            program.Add(cli);
            held.Add(holding);
            first.Add(soonest * 1000);
            firstHeld.Add(soonestHeld * 1000);
        }

        Console.WriteLine($"30 days through the record store: {Rounds.Of(ours, "ms")}; sqlite3: {Rounds.Of(program, "ms")}; ratio: {Rounds.Median(ours) / Rounds.Median(program):N2}");
        Console.WriteLine($"30 days, each row held against its certificate: {Rounds.Of(held, "ms")}");
        Console.WriteLine($"first {First} to expire: {Rounds.Of(first, "µs")}; each held against its certificate: {Rounds.Of(firstHeld, "µs")}");
    }

    private static async Task<int> RowsAsync(SqliteRecordStore store, List<string> months, string from, string to, int most)
    {
        var rows = 0;
        foreach (var month in months)
        {
            await foreach (var row in store.QueryAsync(Tables.Index, $"exp.{month}", new RowRange(from, to), CancellationToken.None))
            {
                if (++rows == most)
                    return rows;
            }
        }

        return rows;
    }

    private static async Task<int> CliAsync(string database, string from, string to)
    {
        var sql = $"SELECT part, row, etag, body FROM record WHERE tbl = 'Index' AND part BETWEEN 'exp.{from[..6]}' AND 'exp.{to[..6]}' AND row >= '{from}' AND row < '{to}' ORDER BY part, row";
        using var process = Process.Start(new ProcessStartInfo("sqlite3", ["-readonly", database, sql]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var (buffer, lines) = (new byte[64 * 1024], 0);
        while (await process.StandardOutput.BaseStream.ReadAsync(buffer) is > 0 and var length)
            lines += buffer.AsSpan(0, length).Count((byte)'\n');
        await process.WaitForExitAsync();
        return lines;
    }

    private static async Task<(int Count, double Milliseconds)> TimedAsync(Func<Task<int>> read)
    {
        var watch = Stopwatch.StartNew();
        var count = await read();
        return (count, watch.Elapsed.TotalMilliseconds);
    }

    /// <summary>The median of many: one read of microseconds is within what the clock and the scheduler add.</summary>
    private static async Task<double> UsualOfAsync(Func<Task<int>> read)
    {
        var figures = new List<double>();
        for (var i = 0; i < 50; i++)
            figures.Add((await TimedAsync(read)).Milliseconds);
        return Rounds.Median(figures);
    }

    private sealed class StandingClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
