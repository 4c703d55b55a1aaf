using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;

namespace Certrelay.Records;

/// <summary>
/// The search for intermediates that the current version of a certificate lacks: when it is made next, and how often it was made. Row <c>x</c> of the certificate's
/// partition; none where a version lacks nothing that can be had.
/// </summary>
public sealed partial record ValidationRecord : IRecord<ValidationRecord>
{
    private const string Suffix = ".validation";

    // An address that is out for a day is told of; the upload of the intermediates mends it too.
    private static readonly TimeSpan[] Delays =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(6), TimeSpan.FromHours(16)];

    public int Schema { get; init; } = 1;

    public required string Certificate { get; init; }

    public required int Sequence { get; init; }

    /// <summary>When it is made next; null once the chain is complete or it was made often enough.</summary>
    public DateTimeOffset? Moment { get; init; }

    /// <summary>How often it was begun.</summary>
    public int Attempts { get; init; }

    /// <summary>When it last came to an end; null before the first.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>True until it has come to a first end, or has failed to: rollouts wait for that.</summary>
    [JsonIgnore]
    public bool IsFirst => At is null && Moment is not null && Attempts < 2;

    /// <summary>The hint that points at <see cref="Moment"/>.</summary>
    [JsonIgnore]
    public DueHint? Hint => Moment is { } moment ? new DueHint(DueKind.Check, moment, CheckRecord.IdOf(Certificate, Sequence) + Suffix) : null;

    public static JsonTypeInfo<ValidationRecord> Json => ValidationJson.Default.ValidationRecord;

    public static RecordKey Key(string certificate) => new(Tables.Certificates, certificate, "x");

    /// <summary>The record of a version whose chain can be completed, due at once; null for any other.</summary>
    public static ValidationRecord? First(string certificate, int sequence, CertificateInspection inspection, DateTimeOffset now) => inspection.CanBeCompleted
        ? new ValidationRecord { Certificate = certificate, Sequence = sequence, Moment = KeyText.Truncate(now) }
        : null;

    /// <summary>The same as it begins once more: counted before anything is asked, so that a process that ends meanwhile does not try for ever.</summary>
    public ValidationRecord Begun(DateTimeOffset now) => this with
    {
        Attempts = Attempts + 1,
        Moment = Attempts < Delays.Length ? KeyText.Truncate(now + Delays[Attempts]) : null,
    };

    /// <summary>The version that the id of such a hint names; null for the ids of other hints.</summary>
    public static (string Certificate, int Sequence)? VersionOf(string id) =>
        id.EndsWith(Suffix, StringComparison.Ordinal) ? CheckRecord.VersionOf(id[..^Suffix.Length]) : null;

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(ValidationRecord))]
    private sealed partial class ValidationJson : JsonSerializerContext;
}
