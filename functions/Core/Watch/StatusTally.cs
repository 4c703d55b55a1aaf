using Certrelay.Records;

namespace Certrelay.Watch;

/// <summary>Adds rows to the counts of the status page; those of a partition come in the order of their keys.</summary>
internal sealed class StatusTally(StatusRecord? begun, DateTimeOffset now)
{
    private readonly Dictionary<string, long> _counts = new(
        begun?.Counts ?? new Dictionary<string, long> { ["certificates"] = 0, ["versions"] = 0, ["targets"] = 0 }, StringComparer.Ordinal);

    private string? _current;
    private DateTimeOffset? _nextExpiry = begun?.NextExpiry;
    private DateTimeOffset? _oldestProbe = begun?.OldestProbe;

    public StatusRecord Status => new() { At = now, Counts = _counts, NextExpiry = _nextExpiry, OldestProbe = _oldestProbe };

    public void Add(StoredRecord row)
    {
        try
        {
            switch (row.Key.Table, row.Key.Row)
            {
                case (Tables.Certificates, "c"):
                    Count("certificates");
                    _current = VersionRecord.Row(row.As<LineageRecord>().Value.Current);
                    break;
                case (Tables.Certificates, ['v', ..]):
                    Count("versions");
                    if (row.Key.Row == _current)
                        Add(row.As<VersionRecord>().Value);
                    break;
                case (Tables.Targets, "d"):
                    Count("targets");
                    break;
                case (Tables.Targets, "p"):
                    Add(row.As<ProbeRecord>().Value);
                    break;
            }
        }
        catch (Permanent)
        {
            Count("unreadable");
        }
    }

    private void Add(VersionRecord version)
    {
        if (ExpiryLevels.At(now, version.NotBefore, version.NotAfter) is { } level)
            Count($"certificates.{level.ToString().ToLowerInvariant()}");
        if (version.NotAfter > now && (_nextExpiry is null || version.NotAfter < _nextExpiry))
            _nextExpiry = version.NotAfter;
    }

    private void Add(ProbeRecord probe)
    {
        if (probe.Drift is not null)
            Count("targets.drift");
        if (probe.At is not null && probe.Leaves.Count == 0)
            Count("targets.silent");
        if (probe.At is { } at && (_oldestProbe is null || at < _oldestProbe))
            _oldestProbe = at;
    }

    private void Count(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;
}
