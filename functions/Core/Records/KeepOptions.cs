namespace Certrelay.Records;

/// <summary>How long what is over is kept; null for ever.</summary>
/// <param name="Superseded">A version after a newer one has taken its place.</param>
/// <param name="Settled">A rollout with its steps and their journals.</param>
/// <param name="Resolved">Alerts after the last of a message was resolved, with the message.</param>
public sealed record KeepOptions(TimeSpan? Superseded = null, TimeSpan? Settled = null, TimeSpan? Resolved = null)
{
    /// <summary>When the current version of a lineage, superseded at a moment, may go; null for never.</summary>
    public DueHint? HintOf(LineageRecord lineage, DateTimeOffset superseded) => lineage.Current > 0 ? HintOf(lineage.Name, lineage.Current, superseded) : null;

    /// <summary>When a version may go; null for never.</summary>
    public DueHint? HintOf(string certificate, int sequence, DateTimeOffset superseded) => superseded + Superseded is { } end
        ? new DueHint(DueKind.Cleanup, KeyText.Truncate(end), $"old-{sequence:000000}-{certificate}")
        : null;

    /// <summary>When a rollout may go; null for never, and while it runs.</summary>
    public DueHint? HintOf(RolloutRecord rollout) => rollout.Settled + Settled is { } end
        ? new DueHint(DueKind.Cleanup, KeyText.Truncate(end), $"done-{rollout.Id}")
        : null;
}
