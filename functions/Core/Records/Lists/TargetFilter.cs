namespace Certrelay.Records.Lists;

/// <summary>How far a target's certificate has come; it follows from what the target shall serve and what was last seen or bound there.</summary>
public enum DeployState
{
    /// <summary>No certificate is chosen, and none was ever brought.</summary>
    Unassigned,

    /// <summary>A certificate is chosen, and no rollout has included the target yet.</summary>
    New,

    /// <summary>What the target shall serve was not yet seen or bound there.</summary>
    Behind,

    /// <summary>What the target shall serve was seen or bound there.</summary>
    Live,
}

/// <summary>Which targets a list shows; what is null or empty does not narrow it.</summary>
public sealed record TargetFilter
{
    /// <summary>The beginning of the name.</summary>
    public string NameStart { get; init; } = "";

    public string? Owner { get; init; }

    /// <summary>All of them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    public string? Kind { get; init; }

    /// <summary>The certificate that the target shall serve.</summary>
    public string? Certificate { get; init; }

    public DeployState? State { get; init; }

    /// <summary>How far a target's certificate has come.</summary>
    public static DeployState StateOf(TargetRecord target, TargetStateRecord? state) => state?.Desired switch
    {
        null => target.Certificate is null ? DeployState.Unassigned : DeployState.New,
        { } desired => state.Binding?.Fingerprint == desired.Fingerprint ? DeployState.Live : DeployState.Behind,
    };

    /// <summary>True when the target belongs into the list, its <see cref="State"/> aside.</summary>
    public bool Takes(TargetRecord target) =>
        target.Name.StartsWith(NameStart, StringComparison.Ordinal)
        && (Owner is null || target.Owner == Owner)
        && Tags.All(tag => target.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value)
        && (Kind is null || target.Kind == Kind)
        && (Certificate is null || target.Certificate == Certificate);
}
