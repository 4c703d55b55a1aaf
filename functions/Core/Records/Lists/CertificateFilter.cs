using System.Text.Json.Serialization;
using Certrelay.Certificates;

namespace Certrelay.Records.Lists;

/// <summary>The order of a list of certificates.</summary>
public enum CertificateOrder
{
    Name,

    /// <summary>The first to expire first.</summary>
    Expiry,

    /// <summary>By domain name read from its end; a certificate stands at the first of its names that the filter asks for.</summary>
    Domain,
}

/// <summary>What can be said of a certificate at a moment. Only <see cref="NoKey"/> is recorded, and goes beside the others; these follow from the clock.</summary>
public enum CertificateState
{
    Ok,

    /// <summary>Less than a third of its life is left, and less than 30 days.</summary>
    Expiring,
    Expired,

    /// <summary>The vault has no key: it is watched only.</summary>
    [JsonStringEnumMemberName("no-key")]
    NoKey,
}

/// <summary>Which certificates a list shows; what is null or empty does not narrow it.</summary>
public sealed record CertificateFilter
{
    // A third of 90 days; of a longer life it would be months.
    private static readonly TimeSpan LongestExpiring = TimeSpan.FromDays(30);

    /// <summary>The beginning of the name.</summary>
    public string NameStart { get; init; } = "";

    public string? Owner { get; init; }

    /// <summary>All of them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>A domain, with the names below it, or an address; normalized.</summary>
    public string? Domain { get; init; }

    public CertificateState? State { get; init; }

    /// <summary>Only those that are valid and expire within this time.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>The code of a finding of the policy that they have.</summary>
    public string? Finding { get; init; }

    /// <summary>Null: the order in which the filter is answered best.</summary>
    public CertificateOrder? Order { get; init; }

    /// <summary>The order that the list has.</summary>
    public CertificateOrder EffectiveOrder => Order switch
    {
        { } order => order,
        null when Within is not null || State is CertificateState.Expiring or CertificateState.Expired => CertificateOrder.Expiry,
        null when Domain is not null && ListRows.TryDomain(Domain, out _, out _) => CertificateOrder.Domain,
        null => CertificateOrder.Name,
    };

    /// <summary>The state of a certificate beside <see cref="CertificateState.NoKey"/>.</summary>
    public static CertificateState StateOf(CurrentLeaf leaf, DateTimeOffset now)
    {
        if (now > leaf.NotAfter)
            return CertificateState.Expired;
        var third = (leaf.NotAfter - leaf.NotBefore) / 3;
        return leaf.NotAfter - now < (third < LongestExpiring ? third : LongestExpiring) ? CertificateState.Expiring : CertificateState.Ok;
    }

    /// <summary>True when the certificate belongs into the list.</summary>
    public bool Takes(LineageRecord lineage, DateTimeOffset now) =>
        !lineage.Deleting
        && lineage.Name.StartsWith(NameStart, StringComparison.Ordinal)
        && (Owner is null || lineage.Owner == Owner)
        && Tags.All(tag => lineage.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value)
        && (Domain is null || lineage.Leaf?.Names.Any(IsInDomain) == true)
        && (State is null || (lineage.Leaf is { } leaf && (State is CertificateState.NoKey ? !leaf.HasKey : StateOf(leaf, now) == State)))
        && (Finding is null || lineage.Policy.Any(finding => finding.Code == Finding))
        && (Within is null || (lineage.Leaf is { NotAfter: var end } && end >= now && end <= now + Within));

    /// <summary>The moments between which certificates of the list expire; null is open.</summary>
    internal (DateTimeOffset? From, DateTimeOffset? To) Span(DateTimeOffset now)
    {
        var from = Within is not null || State is CertificateState.Expiring or CertificateState.Ok ? now : (DateTimeOffset?)null;
        var to = State switch
        {
            CertificateState.Expired => now,
            CertificateState.Expiring => now + LongestExpiring,
            _ => (DateTimeOffset?)null,
        };
        var end = now + Within;
        return (from, to is null || end < to ? end ?? to : to);
    }

    private bool IsInDomain(string name) => name.EndsWith(Domain!, StringComparison.Ordinal)
        && (name.Length == Domain!.Length || (name[^(Domain.Length + 1)] == '.' && !HostName.TryReadAddress(name, out _)));
}
