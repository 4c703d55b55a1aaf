using System.Diagnostics.CodeAnalysis;
using Certrelay.Certificates;

namespace Certrelay.Records.Lists;

/// <summary>The index rows that a certificate or a target calls for: the one place that knows. A row that its record does not call for is a hint gone stale.</summary>
public static class ListRows
{
    /// <summary>The shards of what few partitions would hold for all records.</summary>
    public const int Shards = 16;

    internal const string ExpiryPrefix = "exp.";

    // Owner and tags are of certificates and of targets.
    internal const string CertificateRow = "c.";
    internal const string TargetRow = "t.";

    // With the name behind it, a row or partition stays within 512 characters.
    private const int LongestText = 400;
    private const int LongestTagPart = 220;

    // No label of a host name has a tilde.
    private const string AddressPartition = "dom.~ip";

    /// <summary>The rows of a certificate; none for null.</summary>
    public static IEnumerable<RecordKey> Of(LineageRecord? lineage)
    {
        if (lineage is null)
            yield break;
        var name = lineage.Name;
        if (lineage.Leaf is { } leaf)
        {
            yield return Expiry(leaf.NotAfter, name);
            yield return SameKey(leaf.Spki, name);
            if (!leaf.HasKey)
                yield return new RecordKey(Tables.Index, NoKeyPartition(int.Parse(KeyText.Shard(name, Shards))), name);
            foreach (var subject in leaf.Names)
                yield return Domain(subject, name);
        }

        foreach (var row in OwnerAndTags(lineage.Owner, lineage.Tags, CertificateRow + name))
            yield return row;
    }

    /// <summary>The rows of a target beside the note of its use (<see cref="CertificateIndex.UseAsync"/>); none for null.</summary>
    public static IEnumerable<RecordKey> Of(TargetRecord? target) => target is null
        ? []
        : OwnerAndTags(target.Owner, target.Tags, TargetRow + target.Name)
            .Append(new RecordKey(Tables.Index, KindPartition(target.Kind, int.Parse(KeyText.Shard(target.Name, Shards))), target.Name));

    internal static RecordKey Expiry(DateTimeOffset notAfter, string name) =>
        KeyText.Time(notAfter) is var time ? new RecordKey(Tables.Index, ExpiryPrefix + time[..6], $"{time}.{name}") : default;

    internal static RecordKey SameKey(string spki, string name) => new(Tables.Index, $"key.{spki[..2]}", $"{spki}.{name}");

    internal static string OwnerPartition(string owner) => $"own.{KeyText.Fit(owner, LongestText)}";

    internal static string TagPartition(string key, string value) => $"tag.{KeyText.Fit(key, LongestTagPart)}={KeyText.Fit(value, LongestTagPart)}";

    internal static string NoKeyPartition(int shard) => $"state.no-key.{shard:00}";

    internal static string KindPartition(string kind, int shard) => $"kind.{kind}.{shard:00}";

    /// <summary>Where the names at and below a domain are, and how their rows begin; false for a single label, below which names lie in many partitions.</summary>
    internal static bool TryDomain(string domain, [NotNullWhen(true)] out string? partition, [NotNullWhen(true)] out string? prefix)
    {
        (partition, prefix) = (PartitionOf(domain), Reversed(domain) + ".");
        return domain.Contains('.', StringComparison.Ordinal) || partition == AddressPartition;
    }

    private static RecordKey Domain(string subject, string name) => new(Tables.Index, PartitionOf(subject), $"{Reversed(subject)}.{name}");

    private static string PartitionOf(string subject)
    {
        if (HostName.TryReadAddress(subject, out _))
            return AddressPartition;
        var host = subject.StartsWith("*.", StringComparison.Ordinal) ? subject[2..] : subject;
        var labels = host.Split('.');
        return $"dom.{KeyText.Escape(labels.Length > 1 ? $"{labels[^2]}.{labels[^1]}" : host)}";
    }

    private static string Reversed(string subject) =>
        KeyText.Fit(HostName.TryReadAddress(subject, out _) ? subject : string.Join('.', subject.Split('.').Reverse()), LongestText);

    private static IEnumerable<RecordKey> OwnerAndTags(string? owner, IReadOnlyDictionary<string, string> tags, string row)
    {
        if (owner is not null)
            yield return new RecordKey(Tables.Index, OwnerPartition(owner), row);
        foreach (var (key, value) in tags)
            yield return new RecordKey(Tables.Index, TagPartition(key, value), row);
    }
}
