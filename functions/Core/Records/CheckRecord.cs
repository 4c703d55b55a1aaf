using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Records;

/// <summary>One moment at which a version is looked at: when it enters a level, or, without one, when every target should serve it.</summary>
public sealed record CheckMoment(ExpiryLevel? Level, DateTimeOffset At);

/// <summary>When the current version of a certificate is looked at. Drawn once, when the version becomes current. Row <c>w</c> of the certificate's partition.</summary>
public sealed partial record CheckRecord : IRecord<CheckRecord>
{
    // How much earlier than its level a moment may lie, as a share of the life: certificates that were issued together do not all come up together.
    private const double Spread = 0.01;

    private static readonly TimeSpan LongestUntilLive = TimeSpan.FromDays(1);

    public int Schema { get; init; } = 1;

    public required string Certificate { get; init; }

    public required int Sequence { get; init; }

    /// <summary>The moments that are still to come, soonest first.</summary>
    public required IReadOnlyList<CheckMoment> Moments { get; init; }

    /// <summary>The level whose moment has come last; null before the first.</summary>
    public ExpiryLevel? Reached { get; init; }

    [JsonIgnore]
    public CheckMoment? Next => Moments.Count > 0 ? Moments[0] : null;

    /// <summary>The hint that points at <see cref="Next"/>; null when nothing is to come.</summary>
    [JsonIgnore]
    public DueHint? Hint => Next is { } next ? new DueHint(DueKind.Check, next.At, IdOf(Certificate, Sequence)) : null;

    public static JsonTypeInfo<CheckRecord> Json => CheckJson.Default.CheckRecord;

    public static RecordKey Key(string certificate) => new(Tables.Certificates, certificate, "w");

    /// <summary>Draws the moments of a version. Of levels that it has passed already only the last one comes up, at once.</summary>
    public static CheckRecord Draw(VersionRecord version, DateTimeOffset now)
    {
        var life = version.NotAfter - version.NotBefore;
        var reached = ExpiryLevels.At(now, version.NotBefore, version.NotAfter);
        var moments = ExpiryLevels.All
            .Where(level => reached is null || level >= reached)
            .Select(level => new CheckMoment(level, level == reached ? now : Drawn(level, version, life, now)));
        var untilLive = life / 24 < LongestUntilLive ? life / 24 : LongestUntilLive;
        return new CheckRecord
        {
            Certificate = version.Certificate,
            Sequence = version.Sequence,
            Moments = [.. moments.Append(new CheckMoment(null, now + untilLive)).Select(moment => moment with { At = KeyText.Truncate(moment.At) }).OrderBy(static moment => moment.At)],
        };
    }

    /// <summary>The id of a version's hints, <c>&lt;certificate&gt;.&lt;sequence:6&gt;</c>.</summary>
    public static string IdOf(string certificate, int sequence) => $"{certificate}.{sequence:000000}";

    /// <summary>The version that the id of a hint names; null when it is none.</summary>
    public static (string Certificate, int Sequence)? VersionOf(string id) =>
        id.Split('.') is [var certificate, var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? (certificate, sequence) : null;

    private static DateTimeOffset Drawn(ExpiryLevel level, VersionRecord version, TimeSpan life, DateTimeOffset now)
    {
        var begins = ExpiryLevels.Begins(level, version.NotBefore, version.NotAfter);
        // The end itself is no matter of chance.
        if (level is ExpiryLevel.Expired)
            return begins;
        var drawn = begins - (life * (Spread * RandomNumberGenerator.GetInt32(1000) / 1000));
        return drawn > now ? drawn : now;
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(CheckRecord))]
    private sealed partial class CheckJson : JsonSerializerContext;
}
