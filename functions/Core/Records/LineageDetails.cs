namespace Certrelay.Records;

/// <summary>What people say about a certificate; null leaves it as it is, an empty owner takes the owner away, and so does <see cref="DateTimeOffset.MaxValue"/> the planned end.</summary>
public sealed record LineageDetails(string? Owner = null, IReadOnlyDictionary<string, string>? Tags = null, DateTimeOffset? PlannedEnd = null, bool? Exportable = null)
{
    public LineageRecord ApplyTo(LineageRecord lineage) => lineage with
    {
        Owner = Owner is null ? lineage.Owner : Owner is "" ? null : Owner,
        Tags = Tags ?? lineage.Tags,
        NotExportable = lineage.NotExportable || Exportable is false,
        PlannedEnd = PlannedEnd is null ? lineage.PlannedEnd : PlannedEnd == DateTimeOffset.MaxValue ? null : PlannedEnd,
    };
}
