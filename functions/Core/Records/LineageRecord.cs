using System.Collections.ObjectModel;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;
using Certrelay.Vault;

namespace Certrelay.Records;

/// <summary>A certificate: the named lineage whose versions follow one another. Row <c>c</c> of its partition.</summary>
public sealed record LineageRecord : IRecord<LineageRecord>
{
    public int Schema { get; init; } = 1;

    public required string Name { get; init; }

    public string? Owner { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init => field = value ?? ReadOnlyDictionary<string, string>.Empty; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>From when on the certificate shall not be served any more: it is not renewed, so nobody is reminded of its expiry. Null: it is to go on.</summary>
    public DateTimeOffset? PlannedEnd { get; init; }

    /// <summary>The sequence number of the version that new rollouts take.</summary>
    public required int Current { get; init; }

    /// <summary>What lists tell of the current version; null in a record from before there were lists.</summary>
    public CurrentLeaf? Leaf { get; init; }

    /// <summary>What of the policy the certificate and its current version break, as it was judged last.</summary>
    // A record from before there was a policy lacks it, and the generated reader sets what is absent to null.
    public IReadOnlyList<Finding> Policy { get; init => field = value ?? []; } = [];

    /// <summary>The highest sequence number given so far.</summary>
    public required int Last { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Updated { get; init; }

    /// <summary>True once its key may not be downloaded any more, which is never taken back.</summary>
    public bool NotExportable { get; init; }

    /// <summary>True once its deletion has begun: it counts as gone, and its name is free again when its versions and keys are.</summary>
    public bool Deleting { get; init; }

    public static JsonTypeInfo<LineageRecord> Json => RecordJson.Default.LineageRecord;

    public static RecordKey Key(string name) => new(Tables.Certificates, name, "c");
}

/// <summary>The current version in short, written with its lineage, so that a list reads one small row for a certificate and no chain.</summary>
/// <param name="Spki">SHA-256 of the public key's structure in hexadecimal: the same for every certificate that has the same key.</param>
public sealed record CurrentLeaf(
    Fingerprint Fingerprint, IReadOnlyList<string> Names, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string Spki, bool HasKey)
{
    /// <summary>The short form of a version; throws <see cref="FormatException"/> for a leaf that is no certificate.</summary>
    public static CurrentLeaf Of(VersionRecord version) => new(
        version.Fingerprint, version.Names, version.NotBefore, version.NotAfter, CertificateRecord.Parse(version.Leaf).PublicKey.SpkiSha256, version.Key is not null);
}

/// <summary>One issued leaf with its chain. Row <c>v&lt;seq:6&gt;</c>; it holds no key, only where the vault keeps it.</summary>
public sealed record VersionRecord : IRecord<VersionRecord>
{
    public int Schema { get; init; } = 1;

    public required string Certificate { get; init; }

    public required int Sequence { get; init; }

    public required Fingerprint Fingerprint { get; init; }

    /// <summary>DNS names, wildcards and addresses of subjectAltName in A-label form.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required string Subject { get; init; }

    public required string Issuer { get; init; }

    public required string Serial { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required string KeyAlgorithm { get; init; }

    public required string SignatureAlgorithm { get; init; }

    /// <summary>The leaf as DER.</summary>
    public required byte[] Leaf { get; init; }

    /// <summary>The intermediates as DER, issuer of the leaf first, without the root.</summary>
    public required IReadOnlyList<byte[]> Chain { get; init; }

    /// <summary>The root as DER where it came with the upload: servers do not send it, clients of private authorities need it.</summary>
    public byte[]? Root { get; init; }

    /// <summary>Other certificates of authorities in or above the chain as DER, such as cross-signed ones: other chains are made of them.</summary>
    public IReadOnlyList<byte[]> Alternates { get; init => field = value ?? []; } = [];

    /// <summary>The private key's place; null for a version that is watched only.</summary>
    public VaultReference? Key { get; init; }

    /// <summary>The second certificate of an SM2 pair with its key's place; null for any other version. What is told above is of the signing one, but the validity, which is that of both.</summary>
    public EncryptionRecord? Encryption { get; init; }

    /// <summary>Warnings and information that did not refuse the upload.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = value ?? []; } = [];

    public required DateTimeOffset Created { get; init; }

    /// <summary>True for a version that came through the vault until a rollout brings it to the targets of its certificate.</summary>
    public bool RolloutOwed { get; init; }

    /// <summary>True once its removal has begun: nothing new may use it.</summary>
    public bool Removing { get; init; }

    /// <summary>Each place of the vault that the version names.</summary>
    public IEnumerable<VaultReference> Keys() => new[] { Key, Encryption?.Key }.OfType<VaultReference>();

    /// <summary>The version as a target or an export receives it; the keys are the bundle's to zero.</summary>
    internal CertificateBundle ToBundle(byte[] key, byte[] encryptionKey) => new(
        Certificate, Leaf, [.. Chain.Select(static der => (ReadOnlyMemory<byte>)der)], key, Encryption is { } pair ? new EncryptionLeaf(pair.Leaf, encryptionKey) : null);

    public static JsonTypeInfo<VersionRecord> Json => RecordJson.Default.VersionRecord;

    public static RecordKey RowKey(string name, int sequence) => new(Tables.Certificates, name, Row(sequence));

    public static string Row(int sequence) => $"v{sequence:000000}";
}
