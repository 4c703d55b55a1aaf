using Certrelay.Certificates;

namespace Certrelay.App.Cli;

/// <summary>What is in a file, or in several read as one, and what is wrong with it; never a key.</summary>
internal sealed record InspectionReport
{
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>True when an upload of it would be accepted.</summary>
    public required bool Accepted { get; init; }

    public string? Subject { get; init; }

    public Fingerprint? Fingerprint { get; init; }

    public IReadOnlyList<string>? Names { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    public string? Key { get; init; }

    /// <summary>Whether the private key of the certificate is there.</summary>
    public required bool HasPrivateKey { get; init; }

    /// <summary>The subjects of the issuers, the nearest first, without the root.</summary>
    public required IReadOnlyList<string> Chain { get; init; }

    /// <summary>What each trust store says of the chain.</summary>
    public required IReadOnlyList<StoreVerdict> Trust { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    public static InspectionReport Of(IReadOnlyList<string> files, CertificateInspection inspection) => new()
    {
        Files = files,
        Accepted = inspection.IsAccepted,
        Subject = inspection.Leaf?.Subject,
        Fingerprint = inspection.Leaf?.Fingerprint,
        Names = inspection.Leaf is { } leaf ? [.. leaf.Names.Select(static name => name.Value)] : null,
        NotBefore = inspection.Leaf?.NotBefore,
        NotAfter = inspection.Leaf?.NotAfter,
        Key = inspection.Leaf?.PublicKey.Name,
        HasPrivateKey = inspection.PrivateKey is not null,
        Chain = [.. inspection.Chain.Select(static one => one.Label)],
        Trust = inspection.Trust,
        Findings = inspection.Findings,
    };
}
