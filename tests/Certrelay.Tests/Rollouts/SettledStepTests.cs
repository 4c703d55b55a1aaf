using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Tests.Support;
using Certrelay.Watch;

namespace Certrelay.Tests.Rollouts;

/// <summary>What follows from a step's outcome lies in other records than the outcome: a crash may come between.</summary>
public sealed class SettledStepTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificate _authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
    private RolloutBench _bench = null!;

    [Fact]
    public async Task A_crash_right_after_the_outcome_costs_neither_binding_nor_state()
    {
        var (rollout, step) = await VerifiedAsync();
        await UndoWhatFollowsAsync(step, step.Fence);
        await Store.WriteAsync([new RecordChange.Put(Hint(step), "{}"u8.ToArray())], None);

        await _bench.Get<Reconcile>().RunAsync(None);

        await _bench.SettledAsync(rollout);
        var state = await StateAsync();
        Assert.Equal((step.Verification!.Last[0].Leaf, null), (state.Binding?.Fingerprint, state.Lease));
        Assert.Null(await Store.GetAsync(Hint(step), None));
    }

    [Fact]
    public async Task A_message_that_comes_late_leaves_a_later_holder_alone()
    {
        var (_, step) = await VerifiedAsync();
        await UndoWhatFollowsAsync(step, step.Fence + 1);

        await _bench.Get<StepRunner>().MoveAsync(step.Id, None);

        var state = await StateAsync();
        Assert.Equal((null, step.Fence + 1), (state.Binding, state.Lease?.Fence));
    }

    [Fact]
    public async Task A_message_for_what_has_settled_writes_nothing()
    {
        var (rollout, step) = await VerifiedAsync();
        var before = await ETagsAsync(rollout);

        await _bench.Get<StepRunner>().MoveAsync(step.Id, None);

        Assert.Equal(before, await ETagsAsync(rollout));
    }

    [Fact]
    public async Task The_first_tick_after_a_crash_nudges_again_what_the_last_one_nudged()
    {
        using var folder = new TemporaryFolder();
        await using var first = new RolloutBench(folder.Path);
        first.Site("site-0");
        await first.UploadAsync("shop", _authority.IssueLeaf(RolloutBench.Host));
        await first.TargetAsync("site-0", "shop", []);
        await first.RollOutAsync("shop");

        Assert.Equal(1, await first.Get<Reconcile>().RunAsync(None));
        Assert.Equal(0, await first.Get<Reconcile>().RunAsync(None));
        await using var next = new RolloutBench(folder.Path);
        Assert.Equal(1, await next.Get<Reconcile>().RunAsync(None));
    }

    public async Task InitializeAsync()
    {
        _bench = new RolloutBench(_folder.Path);
        await _bench.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    private IRecordStore Store => _bench.Get<IRecordStore>();

    private async Task<(string Rollout, StepRecord Step)> VerifiedAsync()
    {
        await using var site = new TlsFileSite(_bench.Site("site-0", _authority.IssueLeaf(RolloutBench.Host)));
        await _bench.UploadAsync("shop", _authority.IssueLeaf(RolloutBench.Host));
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(site)]);
        var rollout = await _bench.RollOutAsync("shop");
        var step = Assert.Single((await _bench.SettledAsync(rollout)).Steps);
        Assert.Equal(StepState.Verified, step.State);
        return (rollout, step);
    }

    /// <summary>Puts the records back to where a crash right after the outcome leaves them.</summary>
    private async Task UndoWhatFollowsAsync(StepRecord step, long fence)
    {
        var state = (await Store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key("site-0"), None))!;
        await Store.ReplaceAsync(state, state.Value with { Binding = null, Fence = fence, Lease = new Lease("dead", TimeProvider.System.GetUtcNow().AddSeconds(2), fence) }, None);
        var rollout = (await Store.ReadAsync<RolloutRecord>(RolloutRecord.Key(step.Rollout), None))!;
        await Store.ReplaceAsync(rollout, rollout.Value with { State = RolloutState.Running, Settled = null }, None);
    }

    private static RecordKey Hint(StepRecord step) => new(Tables.Due, KeyText.Shard(step.Id, Due.Partitions), $"step.{KeyText.Time(step.Settled!.Value)}.{step.Id}");

    private async Task<TargetStateRecord> StateAsync() => (await Store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key("site-0"), None))!.Value;

    private async Task<(string?, string?)> ETagsAsync(string rollout) =>
        ((await Store.GetAsync(RolloutRecord.Key(rollout), None))?.ETag, (await Store.GetAsync(TargetStateRecord.Key("site-0"), None))?.ETag);
}
