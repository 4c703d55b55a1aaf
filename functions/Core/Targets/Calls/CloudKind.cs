using Certrelay.Records;

namespace Certrelay.Targets.Calls;

/// <summary>Settings of a kind that calls a vendor: they name an account.</summary>
public interface ICloudSettings
{
    /// <summary>The name of the account.</summary>
    string Account { get; }
}

/// <summary>What a kind of target needs at its vendor, and what is known of that vendor's API.</summary>
/// <param name="Vendor">Whose accounts it takes.</param>
/// <param name="Actions">Every action that it calls; another one is refused before it is sent, and its policy file lists exactly these.</param>
/// <param name="Api">The APIs with their versions, as the vendor names them.</param>
/// <param name="Checked">When the facts were last held against the vendor's definitions.</param>
/// <param name="Proof">One sentence: what is polled and read back, besides the handshake.</param>
public sealed record CloudKind(CloudVendor Vendor, IReadOnlyList<CloudAction> Actions, string Api, DateOnly Checked, string Proof)
{
    /// <summary>What the kind does not do, each with what to do by hand.</summary>
    public IReadOnlyList<string> Gaps { get; init; } = [];

    /// <summary>One harmless read that needs no settings, for the check of an account: it fails as the kind's own reads would.</summary>
    public required Func<CloudSession, CancellationToken, Task> Check { get; init; }

    /// <summary>How bindings that are there already are found; null where the vendor does not list them.</summary>
    public CloudSurvey? Survey { get; init; }

    /// <summary>True when the certificate's id stays and its content is replaced: a restore then brings the former version from our own vault.</summary>
    public bool InPlace { get; init; }
}
