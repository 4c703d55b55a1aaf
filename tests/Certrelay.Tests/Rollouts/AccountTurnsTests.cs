using System.Text;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Rollouts;

/// <summary>Four moves of an account at once; the others are nudged one by one.</summary>
public sealed class AccountTurnsTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryFolder _folder = new();
    private RolloutBench _bench = null!;

    private AccountTurns Turns => _bench.Get<AccountTurns>();

    public Task InitializeAsync()
    {
        _bench = new RolloutBench(_folder.Path);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_fifth_waits_and_is_nudged_when_one_is_given_back()
    {
        var steps = await StepsAsync(7);
        var turns = new List<AccountTurn>();
        foreach (var step in steps.Take(4))
            turns.Add((await Turns.TryTakeAsync("shop", step, None))!);

        Assert.All(turns, Assert.NotNull);
        Assert.Null(await Turns.TryTakeAsync("shop", steps[4], None));
        Assert.Null(await Turns.TryTakeAsync("shop", steps[5], None));
        Assert.NotNull(await Turns.TryTakeAsync("another", steps[6], None));
        Assert.Empty(await NudgedAsync());

        await turns[2].DisposeAsync();

        Assert.Equal([steps[4].Id], await NudgedAsync());
        Assert.NotNull(await Turns.TryTakeAsync("shop", steps[4], None));
        await turns[0].DisposeAsync();
        Assert.Equal([steps[5].Id], await NudgedAsync());
    }

    [Fact]
    public async Task A_waiting_step_that_has_settled_meanwhile_does_not_stop_the_row()
    {
        var steps = await StepsAsync(6);
        var turns = new List<AccountTurn>();
        foreach (var step in steps.Take(4))
            turns.Add((await Turns.TryTakeAsync("shop", step, None))!);
        foreach (var step in steps.Skip(4))
            Assert.Null(await Turns.TryTakeAsync("shop", step, None));
        var store = _bench.Get<IRecordStore>();
        var gone = (await store.ReadAsync<StepRecord>(StepRecord.Key(steps[4].Rollout, steps[4].Target), None))!;
        await store.ReplaceAsync(gone, gone.Value with { State = StepState.Cancelled, Moment = null }, None);

        await turns[0].DisposeAsync();

        Assert.Equal([steps[5].Id], await NudgedAsync());
    }

    [Fact]
    public async Task A_step_that_comes_again_keeps_its_own_turn()
    {
        var steps = await StepsAsync(1);

        Assert.NotNull(await Turns.TryTakeAsync("shop", steps[0], None));
        for (var i = 0; i < AccountTurns.AtOnce + 1; i++)
            Assert.NotNull(await Turns.TryTakeAsync("shop", steps[0], None));
    }

    private async Task<List<StepRecord>> StepsAsync(int count)
    {
        var now = KeyText.Truncate(TimeProvider.System.GetUtcNow());
        var rollout = RolloutId.New(now);
        var steps = Enumerable.Range(0, count).Select(i => new StepRecord { Rollout = rollout, Target = $"t-{i}", Generation = 1, Moment = now }).ToList();
        foreach (var step in steps)
            await _bench.Get<IRecordStore>().InsertAsync(StepRecord.Key(rollout, step.Target), step, None);
        return steps;
    }

    /// <summary>The steps that were nudged since the last look.</summary>
    private async Task<List<string>> NudgedAsync()
    {
        var nudged = new List<string>();
        foreach (var message in await _bench.Get<SqliteWorkQueue>().ReceiveAsync(QueueNames.Deploy, 100, TimeSpan.FromHours(1), None))
            nudged.Add(Nudge.Read(Encoding.UTF8.GetString(message.Body.Span)));
        return nudged;
    }
}
