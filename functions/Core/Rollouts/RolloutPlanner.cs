using System.Security.Cryptography;
using System.Text;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Microsoft.Extensions.Logging;

namespace Certrelay.Rollouts;

/// <summary>What a rollout would do: for each target what is bound now, every write to come in order, and every reason why it would be refused.</summary>
public sealed record RolloutPlan(VersionId Version, IReadOnlyList<TargetPlan> Targets)
{
    /// <summary>The uploads that its targets need, each once; they come before the targets' own calls.</summary>
    public IReadOnlyList<PlannedCall> Uploads { get; init; } = [];

    /// <summary>What the plan stands on, in 32 hexadecimal digits: another one as soon as a definition, the version or what is bound differs.</summary>
    public string Ground => RolloutPlanner.Digest(string.Join('\n', Targets.Select(static target => $"{target.Target}={target.Ground}").Order(StringComparer.Ordinal)));
}

/// <summary>One target of a plan.</summary>
/// <param name="Now">What is bound now; null when it could not be read.</param>
/// <param name="Calls">Every write in its order; empty when the version is bound already.</param>
/// <param name="Refusals">Why the step would be blocked; empty when it would go on.</param>
/// <param name="Failure">Why the plan is not whole: the failure that the step would meet.</param>
public sealed record TargetPlan(string Target, string Kind, TargetState? Now, IReadOnlyList<PlannedCall> Calls, IReadOnlyList<Finding> Refusals, Failure? Failure, string Ground);

/// <summary>Plans rollouts: the same code as a step's, over a session that makes reads and records writes. Nothing is written, here or there.</summary>
public sealed partial class RolloutPlanner(
    RolloutStart start, IRecordStore store, TargetProbe probe, CloudSessions sessions, IServiceProvider services, TimeProvider time, ILogger<RolloutPlanner> logger)
{
    private const int AtOnce = 8;
    private const int LongestPlan = 100;

    /// <summary>The plan of a checked request; throws <see cref="Permanent"/> (<c>record.missing</c>) for a certificate that is gone meanwhile.</summary>
    public async Task<RolloutPlan> PlanAsync(RolloutRequest request, CancellationToken cancellationToken)
    {
        var version = await start.VersionAsync(request, cancellationToken) ?? throw new Permanent("record.missing", $"The certificate {request.Certificate} does not exist.");
        var names = await start.TargetsAsync(request, cancellationToken);
        var (plans, uploads) = (new TargetPlan[names.Count], new PlannedUploads());
        var sideBySide = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, names.Count, sideBySide, async (index, token) => plans[index] = await PlanAsync(names[index], version, request, uploads, token));
        return new RolloutPlan(new VersionId(version.Certificate, version.Sequence, version.Fingerprint), plans) { Uploads = uploads.Calls };
    }

    /// <summary>What a plan of one target stands on.</summary>
    public static string GroundOf(TargetRecord target, Fingerprint version, TargetState? now)
    {
        var text = new StringBuilder().Append(target.Updated.UtcTicks).Append('\n').Append(version.Hex);
        foreach (var resource in now?.Resources ?? [])
            text.Append('\n').Append(resource.Id).Append('\t').Append(resource.Fingerprint?.Hex).Append('\t').Append(resource.Bound);
        return Digest(text.ToString());
    }

    internal static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    private async Task<TargetPlan> PlanAsync(string name, VersionRecord version, RolloutRequest request, PlannedUploads uploads, CancellationToken cancellationToken)
    {
        var target = (await store.ReadAsync<TargetRecord>(TargetRecord.Key(name), cancellationToken))?.Value
            ?? throw new Permanent("record.missing", $"The target {name} does not exist.");
        var kind = DeployTargets.Find(target.Kind) ?? throw new Permanent("target.kind", $"There is no kind of target {target.Kind}.");
        var state = (await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(name), cancellationToken))?.Value ?? new TargetStateRecord();
        var baseline = probe.ReadAsync(target, cancellationToken);
        var calls = new CloudPlan(uploads);
        using var context = new StepContext(Step(name), Rollout(version, request), target, state, version, kind);
        TargetState? now = null;
        List<Finding> refusals = [];
        Failure? failure = null;
        try
        {
            using var session = kind.Cloud is { } cloud ? await sessions.OpenAsync(Account(kind, target), cloud, calls, cancellationToken) : null;
            var opened = kind.Create(target.Settings, session is null ? new TargetContext(services) : new TargetContext(services) { Cloud = session, Names = version.Names, IsSm2 = TargetKeys.IsSm2(version.KeyAlgorithm) });
            using var reading = await opened.ReadAsync(cancellationToken);
            now = reading.State;
            var isBound = kind.IsByHand
                ? VerificationRound.OfVersion(await baseline, version.Fingerprint, version.Chain, []).Good
                : now.Resources is { Count: > 0 } resources && resources.All(resource => resource.Fingerprint == version.Fingerprint);
            // As a step does: what is bound already is not refused, whatever the target thinks of a write.
            refusals = isBound && target.Endpoints.Count == 0 ? [] : [.. PreFlight.InPlace(context, now), .. reading.Refusals];
            if (!isBound)
                await PlanWritesAsync(opened, kind, target, version, calls, cancellationToken);
        }
        catch (Failure fault)
        {
            failure = fault;
        }
#pragma warning disable CA1031 // As in a rollout, a fault of an adapter must not take its neighbours along; the log has its cause.
        catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Log.Fault(logger, name, fault);
            failure = StepRunner.Unexpected(fault);
        }

        // Known also where the target could not be read.
        refusals.InsertRange(0, PreFlight.Check(context, await baseline, time.GetUtcNow()));
        return new TargetPlan(name, target.Kind, now, calls.Calls, refusals, failure, GroundOf(target, version.Fingerprint, now));
    }

    private static async Task PlanWritesAsync(
        IDeployTarget opened, TargetKind kind, TargetRecord target, VersionRecord version, CloudPlan calls, CancellationToken cancellationToken)
    {
        if (kind.Cloud is null)
        {
            calls.AddRange(kind.PlanOnHost(target.Settings, version.Certificate));
            return;
        }

        // Nothing is sent, so the key stays in the vault.
        using var bundle = version.ToBundle([], []);
        var result = await opened.DeployAsync(bundle, job: null, cancellationToken);
        // A step that comes back with its next phase is asked on; a placeholder of a vendor's job is done at once.
        for (var phases = 0; result is DeployResult.Pending { Job: var job } && !job.Id.StartsWith(CloudPlan.PlaceholderId, StringComparison.Ordinal) && phases < LongestPlan; phases++)
            result = await opened.DeployAsync(bundle, job, cancellationToken);
    }

    private static string Account(TargetKind kind, TargetRecord target) =>
        kind.AccountOf(target.Settings) ?? throw new Permanent(FindingCodes.TargetSettings.Code, FindingCodes.TargetSettings.Meaning);

    private static StepRecord Step(string target) => new() { Rollout = "plan", Target = target, Generation = 0 };

    private RolloutRecord Rollout(VersionRecord version, RolloutRequest request) => new()
    {
        Id = "plan",
        Version = new VersionId(version.Certificate, version.Sequence, version.Fingerprint),
        Targets = [],
        Overrides = request.Overrides,
        Reason = request.Reason,
        By = "",
        Correlation = "",
        Started = time.GetUtcNow(),
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The plan of target {Target} met an unexpected fault")]
        public static partial void Fault(ILogger logger, string target, Exception fault);
    }
}
