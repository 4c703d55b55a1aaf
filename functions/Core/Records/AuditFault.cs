using System.Text.Json.Serialization;

namespace Certrelay.Records;

/// <summary>What is wrong at a place of the audit trail.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AuditFaultKind>))]
public enum AuditFaultKind
{
    /// <summary>The content of an entry does not have the entry's hash.</summary>
    [JsonStringEnumMemberName("altered")] Altered,

    /// <summary>An entry inside a chain, or a whole chain, is gone.</summary>
    [JsonStringEnumMemberName("missing")] Missing,

    /// <summary>The last entries of a chain are gone.</summary>
    [JsonStringEnumMemberName("truncated")] Truncated,

    /// <summary>An entry stands behind the head of its chain.</summary>
    [JsonStringEnumMemberName("inserted")] Inserted,

    /// <summary>An entry stands in the place of another.</summary>
    [JsonStringEnumMemberName("reordered")] Reordered,

    /// <summary>An entry or a chain does not follow what it was appended to: one of the two was replaced.</summary>
    [JsonStringEnumMemberName("unlinked")] Unlinked,

    /// <summary>An entry is not the one whose hash lies sealed in the vault.</summary>
    [JsonStringEnumMemberName("unsealed")] Unsealed,

    /// <summary>A row cannot be read.</summary>
    [JsonStringEnumMemberName("unreadable")] Unreadable,
}

/// <summary>One fault of the audit trail; <paramref name="Number"/> is 0 where the whole chain is meant.</summary>
public sealed record AuditFault(string Chain, long Number, AuditFaultKind Kind, string Message);

/// <summary>What was verified of a chain; <paramref name="Sealed"/> is absent for a chain without a seal.</summary>
public sealed record AuditChainSummary(string Chain, long Entries, long? Sealed);

/// <summary>The result of a verification: whole when it has no fault.</summary>
public sealed record AuditReport(bool Whole, IReadOnlyList<AuditChainSummary> Chains, IReadOnlyList<AuditFault> Faults);
