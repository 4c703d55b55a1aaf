using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Targets.Calls;

namespace Certrelay.Rollouts;

/// <summary>All that one move of a step works with: the records as read under the lease and the target that they describe.</summary>
public sealed record StepContext(StepRecord Step, RolloutRecord Rollout, TargetRecord Target, TargetStateRecord State, VersionRecord Version, TargetKind Kind)
    : IDisposable
{
    /// <summary>The target itself; throws <see cref="InvalidOperationException"/> in a move that makes handshakes only.</summary>
    public IDeployTarget Deploy
    {
        get => field ?? throw new InvalidOperationException("This move does not touch the target.");
        init;
    }

    /// <summary>The account that the target's vendor is called with; null for a kind without one.</summary>
    public string? Account { get; init; }

    /// <summary>The account while it is open; null for a kind without one.</summary>
    internal CloudSession? Session { get; init; }

    public Fingerprint Leaf => Version.Fingerprint;

    public TimeSpan Window => Target.Window ?? Kind.VerificationWindow;

    public void Dispose() => Session?.Dispose();
}

/// <summary>What a move came to: the step as it shall be written, and one sentence for the journal; null when nothing has changed that is worth a line.</summary>
public sealed record StepOutcome(StepRecord Step, string? What);

/// <summary>One kind of move: from the state that it handles to an outcome. Throws <see cref="Transient"/> and <see cref="Permanent"/>; never retries by itself.</summary>
public interface IStepMove
{
    Task<StepOutcome> MoveAsync(StepContext context, CancellationToken cancellationToken);
}

/// <summary>Probes all endpoints of a target at once.</summary>
public sealed class TargetProbe(EndpointProbe probe, RolloutOptions options)
{
    /// <summary>One reading for each endpoint, in their order.</summary>
    public async Task<IReadOnlyList<EndpointReading>> ReadAsync(TargetRecord target, CancellationToken cancellationToken) =>
        await Task.WhenAll(target.Endpoints.Select(endpoint =>
            probe.ProbeAsync(endpoint, OutgoingClass.Endpoint, target.Samples, options.ProbeTimeout, cancellationToken)));
}
