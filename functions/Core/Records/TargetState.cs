using Certrelay.Certificates;

namespace Certrelay.Records;

/// <summary>What is bound, resource by resource; recorded in the step.</summary>
public sealed record TargetState(IReadOnlyList<ResourceState> Resources);

/// <summary>One resource of a target (a folder, a listener, a domain): its id, the leaf bound there where it can be read, and whether it can be brought back.</summary>
public sealed record ResourceState(string Id, Fingerprint? Fingerprint, bool Restorable)
{
    /// <summary>The vendor's id of the certificate that is bound; null where there is none, or none was bound.</summary>
    public string? Bound { get; init; }
}

/// <summary>A vendor's asynchronous job as the step records it between polls.</summary>
public sealed record PendingJob(string Id, IReadOnlyDictionary<string, string> Details);
