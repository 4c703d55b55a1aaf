using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;
using Certrelay.Vault;

namespace Certrelay.Records;

/// <summary>Where a step stands (DESIGN section 5). Those after <see cref="Restoring"/> are settled.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StepState>))]
public enum StepState
{
    /// <summary>Not begun.</summary>
    [JsonStringEnumMemberName("waiting")] Waiting,

    /// <summary>What is there now is read; nothing is changed.</summary>
    [JsonStringEnumMemberName("reading")] Reading,

    /// <summary>The certificate is brought to the target. Found here after a crash, the action is done again.</summary>
    [JsonStringEnumMemberName("deploying")] Deploying,

    /// <summary>The vendor works on it.</summary>
    [JsonStringEnumMemberName("pending")] Pending,

    /// <summary>Handshakes look for the new leaf.</summary>
    [JsonStringEnumMemberName("verifying")] Verifying,

    /// <summary>What was there before is brought back and looked for.</summary>
    [JsonStringEnumMemberName("restoring")] Restoring,

    /// <summary>The new leaf was seen at every address.</summary>
    [JsonStringEnumMemberName("verified")] Verified,

    /// <summary>Bound, with no endpoint declared where it could be seen.</summary>
    [JsonStringEnumMemberName("bound")] Bound,

    /// <summary>Seen at some addresses only; watched on.</summary>
    [JsonStringEnumMemberName("partial")] Partial,

    /// <summary>Refused before anything was changed.</summary>
    [JsonStringEnumMemberName("blocked")] Blocked,

    /// <summary>Failed before anything was changed.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>What was there before is back.</summary>
    [JsonStringEnumMemberName("rolled-back")] RolledBack,

    /// <summary>What was there before could not be brought back, or is not seen again.</summary>
    [JsonStringEnumMemberName("rollback-failed")] RollbackFailed,

    /// <summary>A later rollout took the target over.</summary>
    [JsonStringEnumMemberName("superseded")] Superseded,

    /// <summary>Called off by hand before any write.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,
}

/// <summary>One target in one rollout. Row <c>s.&lt;target&gt;</c> of the rollout's partition.</summary>
public sealed record StepRecord : IRecord<StepRecord>
{
    public int Schema { get; init; } = 1;

    public required string Rollout { get; init; }

    public required string Target { get; init; }

    public required long Generation { get; init; }

    public StepState State { get; init; }

    /// <summary>True when the step may begin in a maintenance window of its target only.</summary>
    public bool InWindow { get; init; }

    /// <summary>When the step is next due, to the millisecond. While it runs: the end of the lease. Null when nothing is due any more.</summary>
    public DateTimeOffset? Moment { get; init; }

    /// <summary>Tries since the last outcome; counted before each, so that a crash counts too.</summary>
    public int Attempts { get; init; }

    /// <summary>The fence of the move that was begun last.</summary>
    public long Fence { get; init; }

    /// <summary>The number of journal rows.</summary>
    public int Journal { get; init; }

    /// <summary>True once a write may have reached the target.</summary>
    public bool Written { get; init; }

    /// <summary>What was bound before the first write.</summary>
    public TargetState? Previous { get; init; }

    /// <summary>What the product knew to be bound then; null when it was none of its versions.</summary>
    public VersionId? PreviousBinding { get; init; }

    /// <summary>The account that its vendor is called with; null for a target without one, and before it was read.</summary>
    public string? Account { get; init; }

    /// <summary>The material for a restore, in the vault.</summary>
    public VaultReference? Backup { get; init; }

    /// <summary>What each address showed before the first write.</summary>
    public IReadOnlyList<Sighting> Baseline { get; init => field = value ?? []; } = [];

    public PendingJob? Job { get; init; }

    /// <summary>True once the restore itself is done and only its proof is missing.</summary>
    public bool Restored { get; init; }

    /// <summary>The rounds of handshakes since the last write; null before.</summary>
    public Verification? Verification { get; init; }

    /// <summary>Why the step is not where it should be: the code of the last failure, refusal or missing proof.</summary>
    public string? Code { get; init; }

    /// <summary>The sentence to <see cref="Code"/>.</summary>
    public string? Message { get; init; }

    public IReadOnlyList<Finding> Findings { get; init => field = value ?? []; } = [];

    public DateTimeOffset? Settled { get; init; }

    [JsonIgnore]
    public string Id => StepId.Of(Rollout, Target);

    /// <summary>True when the moment has come and there is something left to do: a step is unsettled, or partial and watched.</summary>
    public bool IsDue(DateTimeOffset now) => (!IsSettled || State == StepState.Partial) && Moment <= now;

    /// <summary>True while it waits for a maintenance window, or is about to: it has not looked at the target yet.</summary>
    [JsonIgnore]
    public bool IsHeld => InWindow && State is StepState.Waiting;

    [JsonIgnore]
    public bool IsSettled => State > StepState.Restoring;

    public static JsonTypeInfo<StepRecord> Json => RecordJson.Default.StepRecord;

    public static RecordKey Key(string rollout, string target) => new(Tables.Rollouts, rollout, $"s.{target}");
}

/// <summary>What one address showed.</summary>
/// <param name="Endpoint">The endpoint as <c>host:port</c>, with its server name where it differs.</param>
/// <param name="Address">The IP address; empty when the name did not resolve.</param>
/// <param name="Leaf">The leaf of the handshakes; null when there was none, or when they differed.</param>
/// <param name="Code">Why it does not count as good; null when it does, or when nothing was expected yet.</param>
public sealed record Sighting(string Endpoint, string Address, Fingerprint? Leaf, string? Code, string? Message);

/// <summary>The rounds of handshakes after a write.</summary>
public sealed record Verification(DateTimeOffset Since, DateTimeOffset Until, int Rounds, int GoodRounds, IReadOnlyList<Sighting> Last);

/// <summary>One line of a step's journal. Row <c>j.&lt;target&gt;.&lt;seq:6&gt;</c>, written with the step in one batch.</summary>
public sealed record JournalRecord : IRecord<JournalRecord>
{
    public int Schema { get; init; } = 1;

    public required DateTimeOffset At { get; init; }

    public required StepState State { get; init; }

    public required string What { get; init; }

    public string? Code { get; init; }

    public int Attempt { get; init; }

    public long Fence { get; init; }

    public static JsonTypeInfo<JournalRecord> Json => RecordJson.Default.JournalRecord;

    public static RecordKey Key(string rollout, string target, int sequence) => new(Tables.Rollouts, rollout, $"j.{target}.{sequence:000000}");
}

/// <summary>The id of a step: <c>&lt;rollout&gt;-&lt;target&gt;</c>, where the first part always has 26 characters.</summary>
public static class StepId
{
    public static string Of(string rollout, string target) => $"{rollout}-{target}";

    /// <summary>Splits an id; null for anything else.</summary>
    public static (string Rollout, string Target)? Parse(string id) =>
        id.Length > 27 && id[26] == '-' && ResourceName.IsValid(id[27..]) && id[..26].All(char.IsAsciiLetterOrDigit) ? (id[..26], id[27..]) : null;
}
