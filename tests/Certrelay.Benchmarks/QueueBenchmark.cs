using System.Diagnostics;
using Certrelay.App.Embedded.Sqlite;

namespace Certrelay.Benchmarks;

/// <summary>Jobs through the durable queue (sent, received, deleted) by 16 producers and 16 workers, against a loop on the same table that commits each move by itself.</summary>
internal static class QueueBenchmark
{
    private const int Producers = 16;
    private const int Workers = 16;
    private const int Jobs = 20_000;
    private const int LoopJobs = 500;
    private const int Turns = 9;

    // A service runs for weeks: its code is compiled in full.
    private const int Warming = 3;

    private static readonly byte[] Body = """{"v":1,"id":"zybqzw3mtrc1t0cbgv873xkbh2-target-000"}"""u8.ToArray();

    public static async Task RunAsync()
    {
        var (ours, loop) = (new List<double>(), new List<double>());
        for (var round = -Warming; round < Turns; round++)
        {
            var (single, queue) = (await LoopAsync(), await QueueAsync());
            if (round < 0)
                continue;
            loop.Add(single);
            ours.Add(queue);
        }

        Console.WriteLine($"single commits: {Rounds.Of(loop, "jobs/s")}");
        Console.WriteLine($"queue, {Producers} producers and {Workers} workers: {Rounds.Of(ours, "jobs/s")}");
        Console.WriteLine($"ratio: {Rounds.Ratio(ours, loop):N1}");
    }

    private static async Task<double> QueueAsync()
    {
        await using var data = new DataFolderForRun();
        var queue = new SqliteWorkQueue(data.File, TimeProvider.System);
        var done = 0;
        var watch = Stopwatch.StartNew();
        var producers = Enumerable.Range(0, Producers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Jobs / Producers; i++)
                await queue.SendAsync("deploy", Body, TimeSpan.Zero, CancellationToken.None);
        }));
        var workers = Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            while (Volatile.Read(ref done) < Jobs)
            {
                var taken = await queue.ReceiveAsync("deploy", 16, TimeSpan.FromSeconds(30), CancellationToken.None);
                if (taken.Count == 0)
                    await queue.WaitAsync("deploy", TimeSpan.FromMilliseconds(20), CancellationToken.None);
                await Task.WhenAll(taken.Select(delivery => queue.DeleteAsync(delivery, CancellationToken.None)));
                Interlocked.Add(ref done, taken.Count);
            }
        }));
        await Task.WhenAll([.. producers, .. workers]);
        return Jobs / watch.Elapsed.TotalSeconds;
    }

    /// <summary>The yardstick: one connection, one transaction for each send, receive and delete, synced as ours.</summary>
    private static async Task<double> LoopAsync()
    {
        await using var data = new DataFolderForRun();
        var path = Path.Combine(data.Path, "loop.db");
        await File.WriteAllBytesAsync(path, []);
        using var connection = SqliteConnection.Open(path);
        connection.Execute("CREATE TABLE job (id INTEGER PRIMARY KEY, visible INTEGER, body BLOB)");
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < LoopJobs; i++)
        {
            connection["INSERT INTO job (visible, body) VALUES (0, $1)"].Bind(Body).Execute();
            var id = connection["UPDATE job SET visible = $1 WHERE id = (SELECT id FROM job WHERE visible = 0 LIMIT 1) RETURNING id"].Bind(1).Number()!.Value;
            connection["DELETE FROM job WHERE id = $1"].Bind(id).Execute();
        }

        return LoopJobs / watch.Elapsed.TotalSeconds;
    }
}
