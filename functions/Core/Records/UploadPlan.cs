using Certrelay.Certificates;

namespace Certrelay.Records;

/// <summary>What became of an upload: <see cref="Version"/> is null when it was refused, and then nothing is stored.</summary>
public sealed record UploadResult(IReadOnlyList<Finding> Findings, LineageRecord? Lineage, VersionRecord? Version, bool Created);

/// <summary>What storing an upload comes to.</summary>
public enum UploadEffect
{
    /// <summary>Nothing is stored: a finding refuses the upload.</summary>
    Refused,

    /// <summary>The same leaf is stored under this name already.</summary>
    Unchanged,

    /// <summary>The same leaf is stored under this name, watched only or without the second of its pair until now: it gets its key.</summary>
    KeyAdded,

    /// <summary>The same leaf is stored under this name without the intermediates that came now: its chain is completed.</summary>
    ChainAdded,

    NewVersion,
    NewCertificate,
}

/// <summary>What would become of an upload; <see cref="Version"/> is the number that it has or would get.</summary>
public sealed record UploadPlan(IReadOnlyList<Finding> Findings, UploadEffect Effect, int? Version);
