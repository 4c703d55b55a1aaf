using System.Security.Cryptography;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Records.Lists;

namespace Certrelay.App.Triggers;

/// <summary>What became, or with <c>dryRun</c> would become, of an upload. No answer ever holds a key.</summary>
public sealed record UploadView
{
    /// <summary>False only for a dry run of an upload that would be refused.</summary>
    public required bool Accepted { get; init; }

    public required UploadEffect Effect { get; init; }

    public string? Name { get; init; }

    public int? Version { get; init; }

    public Fingerprint? Fingerprint { get; init; }

    /// <summary>Of the encryption certificate of an SM2 pair.</summary>
    public Fingerprint? EncryptFingerprint { get; init; }

    public IReadOnlyList<string>? Names { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }
}

/// <summary>A certificate in a listing.</summary>
public sealed record CertificateItem
{
    public required string Name { get; init; }

    public string? Owner { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>The number of the current version.</summary>
    public required int Current { get; init; }

    public IReadOnlyList<string>? Names { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    public Fingerprint? Fingerprint { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Updated { get; init; }

    /// <summary>Absent for a certificate that a version before this one stored, until the next round of the index.</summary>
    public CertificateState? State { get; init; }

    /// <summary>False for a certificate that is watched only.</summary>
    public bool? HasKey { get; init; }

    /// <summary>In how many points it breaks the policy.</summary>
    public required int PolicyFindings { get; init; }

    public static CertificateItem Of(LineageRecord lineage, DateTimeOffset now) => new()
    {
        Name = lineage.Name,
        Owner = lineage.Owner,
        Tags = lineage.Tags,
        Current = lineage.Current,
        Names = lineage.Leaf?.Names,
        NotAfter = lineage.Leaf?.NotAfter,
        Fingerprint = lineage.Leaf?.Fingerprint,
        State = lineage.Leaf is { } leaf ? CertificateFilter.StateOf(leaf, now) : null,
        HasKey = lineage.Leaf?.HasKey,
        PolicyFindings = lineage.Policy.Count,
        Created = lineage.Created,
        Updated = lineage.Updated,
    };
}

/// <summary>A certificate with its current version and the targets that shall serve it.</summary>
public sealed record CertificateView
{
    /// <summary>The permissions that the caller has: read, upload, download, deploy and the like.</summary>
    public required IReadOnlyList<string> May { get; init; }

    public required string Name { get; init; }

    public string? Owner { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Updated { get; init; }

    /// <summary>From when on it shall not be served any more; absent: it is to go on.</summary>
    public DateTimeOffset? PlannedEnd { get; init; }

    /// <summary>False: its key may not be downloaded.</summary>
    public required bool Exportable { get; init; }

    /// <summary>How near the end of the current version is; absent while more than a third of its life is left.</summary>
    public ExpiryLevel? Level { get; init; }

    public VersionView? Current { get; init; }

    /// <summary>Those that the caller may see.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>What of the policy the certificate and its current version break.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }
}

/// <summary>One version; its certificates as PEM where it is asked for alone, its key never.</summary>
public sealed record VersionView
{
    public required int Sequence { get; init; }

    public required Fingerprint Fingerprint { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    public required string Subject { get; init; }

    public required string Issuer { get; init; }

    public required string Serial { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required string KeyAlgorithm { get; init; }

    public required string SignatureAlgorithm { get; init; }

    /// <summary>How thoroughly the issuer looked at who asked for it; absent where the leaf cannot be read.</summary>
    public ValidationLevel? Level { get; init; }

    /// <summary>Whether the vault holds the private key; without it a version is watched only.</summary>
    public required bool HasKey { get; init; }

    /// <summary>The encryption certificate of an SM2 pair, of which everything else tells the signing one; the validity is that of both.</summary>
    public EncryptionView? Encryption { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>What each trust store says of the chain; absent in lists.</summary>
    public IReadOnlyList<StoreVerdict>? Trust { get; init; }

    /// <summary>The chains that it can be served with, the one that servers are given first; shown of a single version.</summary>
    public IReadOnlyList<VersionChain>? Chains { get; init; }

    public required DateTimeOffset Created { get; init; }

    public string? LeafPem { get; init; }

    /// <summary>The intermediates, issuer of the leaf first.</summary>
    public string? ChainPem { get; init; }

    public static VersionView Of(VersionRecord version) => new()
    {
        Sequence = version.Sequence,
        Fingerprint = version.Fingerprint,
        Names = version.Names,
        Subject = version.Subject,
        Issuer = version.Issuer,
        Serial = version.Serial,
        NotBefore = version.NotBefore,
        NotAfter = version.NotAfter,
        KeyAlgorithm = version.KeyAlgorithm,
        SignatureAlgorithm = version.SignatureAlgorithm,
        Level = CertificateRecord.TryParse(version.Leaf, out var leaf) ? leaf.Level : null,
        HasKey = version.Key is not null,
        Encryption = version.Encryption is { } pair ? EncryptionView.Of(pair) : null,
        Findings = version.Findings,
        Created = version.Created,
    };

    public static VersionView WithPem(VersionRecord version) => Of(version) with
    {
        LeafPem = Pem(version.Leaf),
        ChainPem = string.Concat(version.Chain.Select(Pem)),
        Encryption = version.Encryption is { } pair ? EncryptionView.Of(pair) with { LeafPem = Pem(pair.Leaf) } : null,
    };

    private static string Pem(byte[] der) => PemEncoding.WriteString("CERTIFICATE", der) + "\n";
}

/// <summary>The second certificate of an SM2 version.</summary>
public sealed record EncryptionView
{
    public required Fingerprint Fingerprint { get; init; }

    public required string Serial { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public string? LeafPem { get; init; }

    public static EncryptionView Of(EncryptionRecord record) =>
        new() { Fingerprint = record.Fingerprint, Serial = record.Serial, NotBefore = record.NotBefore, NotAfter = record.NotAfter };
}
