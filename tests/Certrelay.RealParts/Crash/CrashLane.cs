using Certrelay.CrashHost;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.RealParts.Crash;

/// <summary>One folder with data and sites. Rollouts are begun here, one after the other, and made by processes that die and come back.</summary>
internal sealed class CrashLane : IAsyncDisposable
{
    private const string Certificate = "shop";
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificate _before;
    private readonly TestCertificate _after;
    private readonly RolloutBench _bench;
    private readonly Dictionary<string, int> _reloads = [];
    private readonly Dictionary<string, Dictionary<string, string>> _former = [];
    private readonly List<string> _steps = [];
    private readonly List<TlsFileSite> _sites = [];
    private readonly List<HostProcess> _hosts = [];

    private CrashLane()
    {
        var authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
        (_before, _after) = (authority.IssueLeaf(RolloutBench.Host), authority.IssueLeaf(RolloutBench.Host));
        _bench = Open();
    }

    public static async Task<CrashLane> OpenAsync()
    {
        var lane = new CrashLane();
        await lane._bench.UploadAsync(Certificate, lane._after);
        return lane;
    }

    public HostProcess Start(bool twice = false, params IReadOnlyList<KillPoint> kills)
    {
        var host = HostProcess.Start(new HostArguments(_folder.Path) { Twice = twice, Kills = kills }, KeyVault);
        _hosts.Add(host);
        return host;
    }

    /// <summary>
    /// Makes rollouts that reach <paramref name="end"/>, each on a target of its own, and has the process die once in each group of them. The next process brings them to
    /// their end and dies in the next group.
    /// </summary>
    public async Task<IReadOnlyList<CrashResult>> RunAsync(IReadOnlyList<IReadOnlyList<CrashCase>> groups, StepState end)
    {
        var results = new List<CrashResult>();
        var sites = new Queue<string>(CrashSettings.Sites);
        var planned = groups.Select(group => group.Select(one => new PlannedCase(one, sites.Dequeue())).ToList()).ToList();
        var host = Start(kills: KillsOf(planned[0]));
        foreach (var (group, next) in planned.Zip([.. planned.Skip(1), []]))
        {
            var rollouts = new List<string>();
            foreach (var one in group)
                rollouts.Add(await PrepareAsync(one, end));
            var hit = false;
            if (group[0].Case.Side is not null)
            {
                hit = await host.KilledAsync();
                host = Start(kills: KillsOf(next));
            }

            foreach (var (one, rollout) in group.Zip(rollouts))
                results.Add(await EndAsync(one, rollout, end, host) with { Hit = hit });
        }

        await host.StopAsync();
        return results;
    }

    /// <summary>The boundaries that one undisturbed rollout passes, in order.</summary>
    public static async Task<IReadOnlyList<string>> BoundariesAsync(StepState end)
    {
        await using var lane = await OpenAsync();
        await lane.RunAsync([[CrashCase.Undisturbed]], end);
        await lane.NothingIsLeftAsync();
        var passed = lane._hosts[0].Passed(CrashSettings.Sites[0]);
        // A tick of Reconcile may fall into the wait for the next move, and then that is nudged once more.
        return [.. passed.Where((boundary, i) => i == 0 || boundary != passed[i - 1] || !boundary.EndsWith("nudged", StringComparison.Ordinal))];
    }

    /// <summary>Begins a rollout to each of the sites at once and waits until all are verified.</summary>
    public async Task VerifyAsync(IReadOnlyList<string> targets)
    {
        var rollouts = new List<string>();
        foreach (var target in targets)
            rollouts.Add(await PrepareAsync(new PlannedCase(CrashCase.Undisturbed, target), StepState.Verified));
        foreach (var (rollout, target) in rollouts.Zip(targets))
            await SettledAsync(rollout, target, StepState.Verified);
    }

    public int Reloads(string target) => _bench.Reloads(target);

    /// <summary>
    /// Ten minutes later, when every message of a dead process has come back and every hint that was put off is due: all queues are empty, no hint is left but one for
    /// the clean-up of each backup and of each rollout, and no target was told to reload again.
    /// </summary>
    public async Task NothingIsLeftAsync()
    {
        await using (var later = Open(services => services.AddSingleton<TimeProvider>(new LaterTime(TimeSpan.FromMinutes(10)))))
        {
            await later.StartAsync();
            await Eventually.IsAsync("every queue is empty", async () =>
                await later.Get<IWorkQueue>().CountAsync(QueueNames.Deploy, None) + await later.Get<IWorkQueue>().CountAsync(QueueNames.Verify, None) == 0);
            await Eventually.IsAsync("the clean-ups alone are due", async () => (await HintsAsync()).TrueForAll(static hint => hint.StartsWith("cleanup.", StringComparison.Ordinal)));
        }

        // A death between hint and outcome leaves one more, of the moment at which the outcome was not written.
        Assert.Equal(_steps.Order(), (await HintsAsync()).Where(static hint => hint.Contains(".rb-", StringComparison.Ordinal)).Select(static hint => hint.Split(".rb-")[1]).Distinct().Order());
        Assert.All(_reloads, count => Assert.Equal(count.Value, _bench.Reloads(count.Key)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            host.Dispose();
        foreach (var site in _sites)
            await site.DisposeAsync();
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Where the suite keeps keys, when that is a Key Vault.</summary>
    private SuiteKeyVault? KeyVault => SuiteVault.Of(CrashSettings.Of(_folder.Path).DataFolder) is { } vault
        ? new SuiteKeyVault(SuiteVault.Simulator.Endpoint.Port, vault.Address, SuiteVault.Simulator.ClientSecret, SuiteVault.Simulator.Root.RawData)
        : null;

    private static IReadOnlyList<KillPoint> KillsOf(IEnumerable<PlannedCase> cases) =>
    [
        .. cases.Where(static one => one.Case is { Side: not null, Boundary: not CrashCase.Reload })
            .Select(static one => new KillPoint(one.Target, one.Case.Side!.Value, one.Case.Boundary)),
    ];

    private RolloutBench Open(Action<IServiceCollection>? change = null) => new(_folder.Path, services =>
    {
        services.AddSingleton(CrashSettings.Of(_folder.Path).Local);
        change?.Invoke(services);
    });

    private async Task<string> PrepareAsync(PlannedCase one, StepState end)
    {
        var site = new TlsFileSite(_bench.Site(one.Target, _before));
        _sites.Add(site);
        _former[one.Target] = Files(one.Target);
        await _bench.TargetAsync(one.Target, Certificate, [RolloutBench.EndpointOf(site)], end == StepState.RolledBack ? "fails" : null, window: TimeSpan.FromSeconds(30));
        if (one.Case is { Boundary: CrashCase.Reload, Side: { } side })
            await File.WriteAllTextAsync(CrashSettings.KillFile(_folder.Path, one.Target, side), "", None);
        var rollout = await _bench.RollOutAsync(Certificate, [one.Target]);
        _steps.Add(StepId.Of(rollout, one.Target));
        return rollout;
    }

    private async Task<CrashResult> EndAsync(PlannedCase one, string rollout, StepState end, HostProcess host)
    {
        await SettledAsync(rollout, one.Target, end);
        var settled = TimeProvider.System.GetUtcNow() - host.Started;
        if (end == StepState.RolledBack)
            Assert.Equal(_former[one.Target], Files(one.Target));
        Assert.Equal(_former[one.Target].Count, Files(one.Target).Count);
        return new CrashResult(one.Case, Hit: false, _reloads[one.Target], host.FirstPassed(one.Target) - host.Started, settled);
    }

    /// <summary>Waits for all that settling writes: step, lease, binding and the rollout's own record.</summary>
    private async Task SettledAsync(string rollout, string target, StepState end)
    {
        var (state, binding) = end == StepState.Verified ? (RolloutState.Verified, (TestCertificate?)_after) : (RolloutState.RolledBack, null);
        var store = _bench.Get<IRecordStore>();
        await Eventually.IsAsync($"{target} is {end}", async () =>
            await _bench.SavedAsync(rollout) == state
            && (await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target), None))!.Value is { Lease: null } known
            && known.Binding?.Fingerprint == binding?.Fingerprint);
        var step = (await _bench.Get<RolloutSummaries>().ReadAsync(rollout, None))!.Steps[0];
        Assert.Equal(end, step.State);
        Assert.Equal((end == StepState.Verified ? _after : _before).Fingerprint, Assert.Single(step.Verification!.Last).Leaf);
        var journal = (await _bench.JournalAsync(rollout, target)).Select(line => line.State);
        Assert.Equal(
            end == StepState.Verified
                ? [StepState.Deploying, StepState.Verifying, StepState.Verifying, StepState.Verified]
                : [StepState.Deploying, StepState.Restoring, StepState.Restoring, StepState.Restoring, StepState.RolledBack],
            journal);
        _reloads[target] = _bench.Reloads(target);
    }

    /// <summary>The hints of rollouts; certificates and targets are watched on.</summary>
    private async Task<List<string>> HintsAsync()
    {
        var hints = new List<string>();
        await foreach (var row in _bench.Get<IRecordStore>().ScanAsync(Tables.Due, null, None))
            hints.Add(row.Key.Row);
        hints.RemoveAll(static hint => hint.StartsWith("check.", StringComparison.Ordinal) || hint.StartsWith("probe.", StringComparison.Ordinal));
        return hints;
    }

    /// <summary>Content and mode of each file of a target but its count of reloads.</summary>
    private Dictionary<string, string> Files(string target) => Directory.GetFiles(Path.Combine(_folder.Path, "sites", target))
        .Where(file => Path.GetFileName(file) != "reloads")
        .ToDictionary(file => file, file => $"{File.GetUnixFileMode(file)} {Convert.ToHexString(File.ReadAllBytes(file))}");

    private sealed record PlannedCase(CrashCase Case, string Target);
}
