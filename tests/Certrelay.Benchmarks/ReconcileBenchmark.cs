using System.Diagnostics;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Watch;
using Microsoft.Extensions.Logging.Abstractions;

namespace Certrelay.Benchmarks;

/// <summary>One tick of Reconcile over 1,000,000 settled steps, with nothing due and with 200 due.</summary>
internal static class ReconcileBenchmark
{
    private const int Rollouts = 10_000;
    private const int StepsEach = 100;
    private const int DueSteps = 200;

    public static async Task RunAsync()
    {
        await using var data = new DataFolderForRun();
        var time = TimeProvider.System;
        var store = new SqliteRecordStore(data.File);
        var queue = new SqliteWorkQueue(data.File, time);
        var (due, options) = (new Due(store), new RolloutOptions());
        var steps = new StepRecords(store, due, queue, options, time);
        var reconcile = new Reconcile(store, due, new DueNudges(due, queue), steps, options, time, NullLogger<Reconcile>.Instance);

        var filling = Stopwatch.StartNew();
        await Parallel.ForAsync(0, Rollouts, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (_, token) => await FillAsync(store, time, token));
        Console.WriteLine($"{Rollouts * StepsEach:N0} settled steps written in {filling.Elapsed.TotalSeconds:N1} s");

        Console.WriteLine($"a tick with nothing due: {Rounds.Of(await TicksAsync(reconcile, 15), "ms")}");
        var rollout = RolloutId.New(time.GetUtcNow());
        for (var i = 0; i < DueSteps; i++)
        {
            var now = KeyText.Truncate(time.GetUtcNow());
            var step = new StepRecord { Rollout = rollout, Target = $"t-{i}", Generation = 1, Moment = now };
            await due.PutAsync(new DueHint(DueKind.Step, now, step.Id), CancellationToken.None);
            await store.InsertAsync(StepRecord.Key(rollout, step.Target), step, CancellationToken.None);
        }

        Console.WriteLine($"a tick that nudges {DueSteps} steps: {Rounds.Of(await TicksAsync(reconcile, 1), "ms")}");
    }

    private static async Task<List<double>> TicksAsync(Reconcile reconcile, int rounds)
    {
        var figures = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            var watch = Stopwatch.StartNew();
            await reconcile.RunAsync(CancellationToken.None);
            figures.Add(watch.Elapsed.TotalMilliseconds);
        }

        return figures;
    }

    private static async Task FillAsync(SqliteRecordStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var (id, now) = (RolloutId.New(time.GetUtcNow()), time.GetUtcNow());
        await store.WriteAsync(
            [
                .. Enumerable.Range(0, StepsEach).Select(i => new StepRecord
                {
                    Rollout = id,
                    Target = $"target-{i:000}",
                    Generation = 1,
                    State = StepState.Verified,
                    Settled = now,
                }).Select(step => new RecordChange.Insert(StepRecord.Key(id, step.Target), step.ToBody())),
            ], cancellationToken);
    }
}
