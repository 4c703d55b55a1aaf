using System.Diagnostics;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Calls;

/// <summary>What a plan tells of a write that is not sent, and the answer that stands in for the vendor's.</summary>
/// <param name="What">One sentence: what the call would do, to which resource.</param>
/// <param name="Replaces">The vendor's id of what is there now and would be replaced; null when nothing is.</param>
/// <param name="Placeholder">The answer that a plan goes on with; its ids begin with <see cref="CloudPlan.PlaceholderId"/>.</param>
public sealed record CloudWrite(string What, string? Replaces, Func<CloudAnswer> Placeholder);

/// <summary>Another way than to the vendor's own API, which fails and recovers by itself: a cluster.</summary>
/// <param name="Name">What stands there, among all of an account.</param>
public sealed record CloudRoute(string Name, CloudTransport Transport);

/// <summary>One call of a vendor's API, with the vendor's way to sign it and to read a failure; disposal zeroes its body.</summary>
[DebuggerDisplay("{Action}")]
public sealed class CloudCall : IDisposable
{
    public required CloudAction Action { get; init; }

    /// <summary>What is signed and sent; belongs to the call.</summary>
    public required CloudRequest Request { get; init; }

    /// <summary>What the call is about (a domain, a listener, an upload's name), as plans and journals show it; empty where there is nothing to name.</summary>
    public string Resource { get; init; } = "";

    /// <summary>The way that it takes; null: to the vendor.</summary>
    public CloudRoute? Route { get; init; }

    /// <summary>What a plan tells instead of sending; required for every action that writes.</summary>
    public CloudWrite? Write { get; init; }

    /// <summary>The headers that the vendor's signature adds.</summary>
    public required Func<CloudRequest, CloudCredentials, DateTimeOffset, IReadOnlyList<CloudField>> Sign { get; init; }

    /// <summary>The failure that an answer tells of, be it with status 200; null for a success.</summary>
    public required Func<CloudAnswer, CloudFault?> Judge { get; init; }

    public void Dispose() => Request.Dispose();

    public override string ToString() => Action.Id;
}
