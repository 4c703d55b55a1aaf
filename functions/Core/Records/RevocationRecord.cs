using System.Security.Cryptography;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;

namespace Certrelay.Records;

/// <summary>What the issuer of a certificate's current version last said of its revocation, and when it is asked next. Row <c>r</c> of the certificate's partition; none where a version names nobody to ask.</summary>
public sealed partial record RevocationRecord : IRecord<RevocationRecord>
{
    private const string Suffix = ".revocation";

    // Lists are published daily or more seldom; answers of OCSP live for days.
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    private static readonly TimeSpan FirstWithin = TimeSpan.FromHours(1);

    public int Schema { get; init; } = 1;

    public required string Certificate { get; init; }

    public required int Sequence { get; init; }

    /// <summary>When the issuer is asked next; null when the version has expired.</summary>
    public DateTimeOffset? Moment { get; init; }

    /// <summary>When the issuer last answered; null while it has not.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Since when the version is revoked; null while it is not known to be.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The hint that points at <see cref="Moment"/>.</summary>
    [JsonIgnore]
    public DueHint? Hint => Moment is { } moment ? new DueHint(DueKind.Check, moment, CheckRecord.IdOf(Certificate, Sequence) + Suffix) : null;

    public static JsonTypeInfo<RevocationRecord> Json => RevocationJson.Default.RevocationRecord;

    public static RecordKey Key(string certificate) => new(Tables.Certificates, certificate, "r");

    /// <summary>The record of a new version, its first moment drawn within the hour; null when it names nobody to ask or has expired.</summary>
    public static RevocationRecord? First(string certificate, int sequence, CertificateRecord leaf, DateTimeOffset now) =>
        leaf.Extensions.OcspUrls.Count + leaf.Extensions.CrlUrls.Count > 0 && leaf.NotAfter > now
            ? new RevocationRecord { Certificate = certificate, Sequence = sequence, Moment = KeyText.Truncate(now + (FirstWithin * Drawn())) }
            : null;

    /// <summary>The same with its next moment drawn, about a day on; without one after the end of the validity.</summary>
    public RevocationRecord Next(DateTimeOffset notAfter, DateTimeOffset now) =>
        this with { Moment = now < notAfter ? KeyText.Truncate(now + (Interval * (0.9 + (Drawn() / 5)))) : null };

    /// <summary>The version that the id of such a hint names; null for the ids of other hints.</summary>
    public static (string Certificate, int Sequence)? VersionOf(string id) =>
        id.EndsWith(Suffix, StringComparison.Ordinal) ? CheckRecord.VersionOf(id[..^Suffix.Length]) : null;

    // Versions that were stored together are not asked about together.
    private static double Drawn() => RandomNumberGenerator.GetInt32(1000) / 1000.0;

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(RevocationRecord))]
    private sealed partial class RevocationJson : JsonSerializerContext;
}
