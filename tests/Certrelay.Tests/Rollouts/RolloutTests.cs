using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Tests.Support;
using Certrelay.Vault;

namespace Certrelay.Tests.Rollouts;

public sealed class RolloutTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificate _authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
    private RolloutBench _bench = null!;

    private TestCertificate Leaf() => _authority.IssueLeaf(RolloutBench.Host);

    [Fact]
    public async Task A_certificate_is_deployed_and_proven_by_handshake()
    {
        var (before, after) = (Leaf(), Leaf());
        await using var site = new TlsFileSite(_bench.Site("site-0", before));
        await _bench.UploadAsync("shop", after);
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(site)]);

        var rollout = await _bench.RollOutAsync("shop");

        var summary = await _bench.SettledAsync(rollout);
        var step = Assert.Single(summary.Steps);
        Assert.Equal((RolloutState.Verified, StepState.Verified), (summary.Rollout.State, step.State));
        Assert.Equal(before.Fingerprint, Assert.Single(step.Baseline).Leaf);
        Assert.Equal(after.Fingerprint, Assert.Single(step.Verification!.Last).Leaf);
        Assert.Equal(1, _bench.Reloads("site-0"));
        Assert.Equal(after.Fingerprint, (await State("site-0")).Binding!.Fingerprint);
        Assert.Equal([StepState.Deploying, StepState.Verifying, StepState.Verifying, StepState.Verified], (await _bench.JournalAsync(rollout, "site-0")).Select(line => line.State));
    }

    [Fact]
    public async Task What_is_bound_and_seen_already_is_verified_without_a_write()
    {
        var leaf = Leaf();
        await using var site = new TlsFileSite(_bench.Site("site-0", leaf));
        await _bench.UploadAsync("shop", leaf);
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(site)]);

        var summary = await _bench.SettledAsync(await _bench.RollOutAsync("shop"));

        Assert.Equal(StepState.Verified, Assert.Single(summary.Steps).State);
        Assert.Equal(0, _bench.Reloads("site-0"));
    }

    [Fact]
    public async Task A_failing_reload_brings_the_former_files_back_byte_for_byte()
    {
        var before = Leaf();
        var folder = _bench.Site("site-0", before);
        await using var site = new TlsFileSite(folder);
        var files = Snapshot(folder);
        await _bench.UploadAsync("shop", Leaf());
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(site)], reload: "fails");

        var summary = await _bench.SettledAsync(await _bench.RollOutAsync("shop"));

        var step = Assert.Single(summary.Steps);
        Assert.Equal((RolloutState.RolledBack, StepState.RolledBack, "target.reload-failed"), (summary.Rollout.State, step.State, step.Code));
        Assert.Contains("no such luck", step.Message, StringComparison.Ordinal);
        Assert.Equal(before.Fingerprint, Assert.Single(step.Verification!.Last).Leaf);
        Assert.Equal(files, Snapshot(folder));
        using var backup = await _bench.Get<IVault>().GetAsync(step.Backup!, None);
        Assert.NotNull(backup);
        Assert.Equal(2, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public async Task A_failing_test_blocks_the_step_before_anything_is_changed()
    {
        var folder = _bench.Site("site-0", Leaf());
        await using var site = new TlsFileSite(folder);
        var files = Snapshot(folder);
        await _bench.UploadAsync("shop", Leaf());
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(site)], test: "fails");

        var summary = await _bench.SettledAsync(await _bench.RollOutAsync("shop"));

        var step = Assert.Single(summary.Steps);
        Assert.Equal((RolloutState.Failed, StepState.Blocked, "target.test-failed"), (summary.Rollout.State, step.State, step.Code));
        Assert.Equal(files, Snapshot(folder));
        Assert.Equal(0, _bench.Reloads("site-0"));
    }

    [Fact]
    public async Task A_server_that_goes_on_with_the_former_pair_is_rolled_back()
    {
        var before = Leaf();
        await using var site = new TlsFileSite(_bench.Site("site-0", before)) { IgnoresReloads = true };
        await _bench.UploadAsync("shop", Leaf());
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(site)], window: TimeSpan.FromSeconds(2));

        var summary = await _bench.SettledAsync(await _bench.RollOutAsync("shop"));

        var step = Assert.Single(summary.Steps);
        Assert.Equal((StepState.RolledBack, "probe.other-leaf"), (step.State, step.Code));
    }

    [Fact]
    public async Task An_address_that_stays_behind_makes_it_partial_until_it_follows()
    {
        var (before, after) = (Leaf(), Leaf());
        var folder = _bench.Site("site-0", before);
        await using var one = new TlsFileSite(folder);
        await using var two = new TlsFileSite(folder, "127.0.0.2", one.Port) { IgnoresReloads = true };
        await _bench.UploadAsync("shop", after);
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(one, "127.0.0.1", "127.0.0.2")], window: TimeSpan.FromSeconds(3));
        var rollout = await _bench.RollOutAsync("shop");

        var partial = await _bench.SettledAsync(rollout);
        var step = Assert.Single(partial.Steps);
        Assert.Equal((RolloutState.Partial, StepState.Partial), (partial.Rollout.State, step.State));
        Assert.Contains("127.0.0.2", step.Message, StringComparison.Ordinal);
        Assert.Contains(before.Fingerprint.Hex, step.Message, StringComparison.Ordinal);
        Assert.Contains(after.Fingerprint.Hex, step.Message, StringComparison.Ordinal);

        two.IgnoresReloads = false;
        var verified = await _bench.SettledAsync(rollout, summary => summary.Rollout.State == RolloutState.Verified);
        Assert.Equal(1, _bench.Reloads("site-0"));
        Assert.Null(Assert.Single(verified.Steps).Code);
    }

    [Fact]
    public async Task OnPartial_restore_brings_every_address_back()
    {
        var before = Leaf();
        var folder = _bench.Site("site-0", before);
        await using var one = new TlsFileSite(folder);
        await using var two = new TlsFileSite(folder, "127.0.0.2", one.Port) { IgnoresReloads = true };
        await _bench.UploadAsync("shop", Leaf());
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(one, "127.0.0.1", "127.0.0.2")], window: TimeSpan.FromSeconds(2), onPartial: OnPartial.Restore);

        var summary = await _bench.SettledAsync(await _bench.RollOutAsync("shop"));

        Assert.Equal(StepState.RolledBack, Assert.Single(summary.Steps).State);
    }

    [Fact]
    public async Task A_name_that_the_certificate_does_not_cover_is_refused_unless_overridden()
    {
        var other = _authority.IssueLeaf("other.example.test");
        await using var site = new TlsFileSite(_bench.Site("site-0", Leaf()));
        await _bench.UploadAsync("other", other);
        await _bench.TargetAsync("site-0", "other", [RolloutBench.EndpointOf(site)]);

        var refused = await _bench.SettledAsync(await _bench.RollOutAsync("other"));
        Assert.Equal((StepState.Blocked, "target.not-covered"), (refused.Steps[0].State, refused.Steps[0].Code));

        var taken = await _bench.SettledAsync(await _bench.RollOutAsync("other", null, "target.not-covered"));
        Assert.Equal(StepState.Verified, taken.Steps[0].State);
    }

    [Fact]
    public async Task A_version_that_ends_before_the_one_served_is_refused()
    {
        await using var site = new TlsFileSite(_bench.Site("site-0", Leaf()));
        await _bench.UploadAsync("shop", _authority.Issue(new TestCertificateOptions { Names = [RolloutBench.Host], NotAfter = TestCertificates.NotAfter.AddYears(-1) }));
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(site)]);

        var refused = await _bench.SettledAsync(await _bench.RollOutAsync("shop"));

        Assert.Equal((StepState.Blocked, "target.older"), (refused.Steps[0].State, refused.Steps[0].Code));
    }

    [Fact]
    public async Task Without_an_endpoint_it_is_bound()
    {
        _bench.Site("site-0");
        await _bench.UploadAsync("shop", Leaf());
        await _bench.TargetAsync("site-0", "shop", []);

        var summary = await _bench.SettledAsync(await _bench.RollOutAsync("shop"));

        Assert.Equal((RolloutState.Bound, StepState.Bound), (summary.Rollout.State, summary.Steps[0].State));
        Assert.Equal(1, _bench.Reloads("site-0"));
    }

    [Fact]
    public async Task A_later_rollout_supersedes_the_steps_of_an_earlier_one()
    {
        var last = Leaf();
        await using var site = new TlsFileSite(_bench.Site("site-0", Leaf()));
        await _bench.UploadAsync("shop", Leaf());
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(site)]);
        await _bench.Get<Freeze>().OnAsync("tester", "hold", None);
        var earlier = await _bench.RollOutAsync("shop");
        await _bench.UploadAsync("shop", last);
        var later = await _bench.RollOutAsync("shop");
        await _bench.Get<Freeze>().OffAsync(None);
        await NudgeAsync(earlier);
        await NudgeAsync(later);

        Assert.Equal(StepState.Verified, (await _bench.SettledAsync(later)).Steps[0].State);
        Assert.Equal((StepState.Superseded, RolloutState.Cancelled), await Both(earlier));
        Assert.Equal(last.Fingerprint, (await State("site-0")).Binding!.Fingerprint);
    }

    [Fact]
    public async Task A_waiting_step_can_be_cancelled_and_a_cancelled_one_retried()
    {
        await using var site = new TlsFileSite(_bench.Site("site-0", Leaf()));
        await _bench.UploadAsync("shop", Leaf());
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(site)]);
        await _bench.Get<Freeze>().OnAsync("tester", "hold", None);
        var rollout = await _bench.RollOutAsync("shop");

        Assert.Equal(["site-0"], (await _bench.Get<RolloutCommands>().CancelAsync(rollout, null, None)).Changed);
        Assert.Equal((StepState.Cancelled, RolloutState.Cancelled), await Both(rollout));
        Assert.Equal(0, _bench.Reloads("site-0"));

        await _bench.Get<Freeze>().OffAsync(None);
        Assert.Equal(["site-0"], (await _bench.Get<RolloutCommands>().RetryAsync(rollout, null, None)).Changed);
        Assert.Equal(StepState.Verified, (await _bench.SettledAsync(rollout)).Steps[0].State);
        Assert.Equal("The step has settled.", (await _bench.Get<RolloutCommands>().CancelAsync(rollout, null, None)).Refused["site-0"]);
    }

    [Fact]
    public async Task A_verified_step_can_be_restored_by_hand()
    {
        var (first, second) = (Leaf(), Leaf());
        var folder = _bench.Site("site-0", first);
        await using var site = new TlsFileSite(folder);
        var files = Snapshot(folder);
        await _bench.UploadAsync("shop", second);
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(site)]);
        var rollout = await _bench.RollOutAsync("shop");
        await _bench.SettledAsync(rollout);

        var result = await _bench.Get<RolloutCommands>().RestoreAsync(rollout, null, None);

        Assert.Equal(["site-0"], result.Changed);
        var step = (await _bench.SettledAsync(rollout)).Steps[0];
        Assert.Equal((StepState.RolledBack, first.Fingerprint), (step.State, step.Verification!.Last[0].Leaf));
        Assert.Equal(files, Snapshot(folder));
        Assert.Null((await State("site-0")).Desired);
    }

    [Fact]
    public async Task Two_processes_with_every_message_delivered_twice_reload_once()
    {
        await using var other = new RolloutBench(_folder.Path);
        await other.StartAsync();
        await using var site = new TlsFileSite(_bench.Site("site-0", Leaf()));
        await _bench.UploadAsync("shop", Leaf());
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(site)]);
        var rollout = await _bench.RollOutAsync("shop");

        using var over = new CancellationTokenSource();
        var nudging = Task.Run(
            async () =>
            {
                while (!over.IsCancellationRequested)
                {
                    await NudgeAsync(rollout);
                    await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, None);
                }
            }, None);
        var summary = await _bench.SettledAsync(rollout);
        await over.CancelAsync();
        await nudging;

        Assert.Equal(StepState.Verified, summary.Steps[0].State);
        Assert.Equal(1, _bench.Reloads("site-0"));
    }

    [Fact]
    public async Task Nothing_is_due_once_all_has_settled_but_the_removal_of_the_backup_and_of_the_rollout()
    {
        await using var site = new TlsFileSite(_bench.Site("site-0", Leaf()));
        await _bench.UploadAsync("shop", Leaf());
        await _bench.TargetAsync("site-0", "shop", [RolloutBench.EndpointOf(site)]);
        var rollout = await _bench.RollOutAsync("shop");
        await _bench.SettledAsync(rollout);

        // What settles a rollout is written before the hints of its steps are dropped.
        var hints = await HintsAsync();
        for (var look = 0; look < 100 && hints.Exists(IsStepOfNow); look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, None);
            hints = await HintsAsync();
        }

        // The certificate and the target are watched on.
        Assert.Single(hints, static hint => hint.StartsWith("check.", StringComparison.Ordinal));
        Assert.Single(hints, static hint => hint.StartsWith("probe.", StringComparison.Ordinal));
        hints.RemoveAll(static hint => hint.StartsWith("check.", StringComparison.Ordinal) || hint.StartsWith("probe.", StringComparison.Ordinal));
        // A tick of Reconcile may have moved a hint on meanwhile; the next one drops it.
        hints.RemoveAll(static hint => hint.StartsWith("step.", StringComparison.Ordinal) && !IsStepOfNow(hint));

        Assert.All(hints, static hint => Assert.StartsWith("cleanup.", hint, StringComparison.Ordinal));
        Assert.Equal([$"rb-{rollout}-site-0", $"done-{rollout}"], hints.Order(StringComparer.Ordinal).Select(static hint => hint["cleanup.".Length..][18..]));
        Assert.Null((await State("site-0")).Lease);
    }

    private static bool IsStepOfNow(string hint) =>
        hint.StartsWith("step.", StringComparison.Ordinal) && KeyText.ParseTime(hint[5..22]) <= TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(4);

    private async Task<List<string>> HintsAsync() =>
        await _bench.Get<IRecordStore>().ScanAsync(Tables.Due, null, None).Select(static row => row.Key.Row).ToListAsync();

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

    private async Task<TargetStateRecord> State(string target) =>
        (await _bench.Get<IRecordStore>().ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target), None))!.Value;

    private async Task<(StepState, RolloutState)> Both(string rollout)
    {
        var summary = await _bench.SettledAsync(rollout);
        return (summary.Steps[0].State, summary.Rollout.State);
    }

    private Task NudgeAsync(string rollout) =>
        _bench.Get<IWorkQueue>().SendAsync(QueueNames.Deploy, Nudge.Write(StepId.Of(rollout, "site-0")), TimeSpan.Zero, None);

    /// <summary>Content and mode of each file.</summary>
    private static Dictionary<string, string> Snapshot(string folder) => Directory.GetFiles(folder).Where(file => !file.EndsWith("reloads", StringComparison.Ordinal))
        .ToDictionary(file => file, file => $"{File.GetUnixFileMode(file)} {Convert.ToHexString(File.ReadAllBytes(file))}");
}
