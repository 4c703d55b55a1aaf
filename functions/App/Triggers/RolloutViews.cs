using System.ComponentModel.DataAnnotations;
using Certrelay.App.Http;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Rollouts;

namespace Certrelay.App.Triggers;

/// <summary>What shall be rolled out: the current version unless one is named, to all targets that shall serve the certificate unless some are named.</summary>
public sealed record RolloutOrder
{
    public required string Certificate { get; init; }

    [Range(1, 999_999)]
    public int? Version { get; init; }

    [MinLength(1), MaxLength(1000)]
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>Codes of refusals that the caller takes the responsibility for.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? Overrides { get; init; }

    /// <summary>True: each step waits for a maintenance window of its target. Absent: what a person orders begins at once.</summary>
    public bool? InWindow { get; init; }

    /// <summary>The plan that must still hold, as POST /api/plan gave it; absent: begun without one.</summary>
    [StringLength(32, MinimumLength = 32)]
    public string? Plan { get; init; }

    /// <summary>Why; demanded here or in the query.</summary>
    public string? Reason { get; init; }
}

/// <summary>Which steps a command is for: all when absent.</summary>
public sealed record RolloutCommand
{
    [MinLength(1), MaxLength(1000), Names]
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>Why; demanded here or in the query.</summary>
    public string? Reason { get; init; }
}

/// <summary>The targets whose step a command changed, and the others with the reason.</summary>
public sealed record CommandView(IReadOnlyList<string> Changed, IReadOnlyDictionary<string, string> Refused);

/// <summary>A rollout; its steps in the answer for it alone, the names of its targets in listings.</summary>
public sealed record RolloutView
{
    public required string Id { get; init; }

    public required string Certificate { get; init; }

    public required int Version { get; init; }

    public required Fingerprint Fingerprint { get; init; }

    public required RolloutState State { get; init; }

    public required IReadOnlyList<string> Targets { get; init; }

    public required IReadOnlyList<string> Overrides { get; init; }

    /// <summary>Whether its steps begin in the maintenance windows of their targets only.</summary>
    public required bool InWindow { get; init; }

    public required string Reason { get; init; }

    public required string By { get; init; }

    public required DateTimeOffset Started { get; init; }

    public DateTimeOffset? Settled { get; init; }

    public IReadOnlyList<StepView>? Steps { get; init; }

    public static RolloutView Of(RolloutRecord rollout) => new()
    {
        Id = rollout.Id,
        Certificate = rollout.Version.Certificate,
        Version = rollout.Version.Sequence,
        Fingerprint = rollout.Version.Fingerprint,
        State = rollout.State,
        Targets = [.. rollout.Targets.Select(static target => target.Target)],
        Overrides = rollout.Overrides,
        InWindow = rollout.InWindow,
        Reason = rollout.Reason,
        By = rollout.By,
        Started = rollout.Started,
        Settled = rollout.Settled,
    };

    public static RolloutView Of(RolloutSummary summary) => Of(summary.Rollout) with { Steps = [.. summary.Steps.Select(static step => StepView.Of(step))] };
}

/// <summary>One target in a rollout; its journal in the answer for it alone.</summary>
public sealed record StepView
{
    public required string Target { get; init; }

    public required StepState State { get; init; }

    /// <summary>Why the step is not where it should be.</summary>
    public string? Code { get; init; }

    public string? Message { get; init; }

    /// <summary>Tries since the last outcome.</summary>
    public required int Attempts { get; init; }

    /// <summary>When the step is next due.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>Whether something may have been written to the target.</summary>
    public required bool Written { get; init; }

    /// <summary>What each address showed before the first write.</summary>
    public required IReadOnlyList<Sighting> Baseline { get; init; }

    /// <summary>What each address showed in the last round since.</summary>
    public required IReadOnlyList<Sighting> Sightings { get; init; }

    /// <summary>The rounds of handshakes since the last write.</summary>
    public required int Rounds { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    public DateTimeOffset? Settled { get; init; }

    public IReadOnlyList<JournalView>? Journal { get; init; }

    public static StepView Of(StepRecord step, IReadOnlyList<JournalView>? journal = null) => new()
    {
        Target = step.Target,
        State = step.State,
        Code = step.Code,
        Message = step.Message,
        Attempts = step.Attempts,
        Next = step.Moment,
        Written = step.Written,
        Baseline = step.Baseline,
        Sightings = step.Verification?.Last ?? [],
        Rounds = step.Verification?.Rounds ?? 0,
        Findings = step.Findings,
        Settled = step.Settled,
        Journal = journal,
    };
}

/// <summary>One line of a step's journal.</summary>
public sealed record JournalView(DateTimeOffset At, StepState State, string What, string? Code, int Attempt)
{
    public static JournalView Of(JournalRecord line) => new(line.At, line.State, line.What, line.Code, line.Attempt);
}
