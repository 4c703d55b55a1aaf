using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Certrelay.Watch.Alerts;

/// <summary>How urgent an alert is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertLevel>))]
public enum AlertLevel
{
    /// <summary>To be known; nothing is at stake yet.</summary>
    [JsonStringEnumMemberName("notice")] Notice,

    /// <summary>Somebody has to act soon.</summary>
    [JsonStringEnumMemberName("warning")] Warning,

    /// <summary>Users are, or are about to be, affected.</summary>
    [JsonStringEnumMemberName("critical")] Critical,
}

/// <summary>What alerts are about, as the API and the messages name it.</summary>
public static class AlertKinds
{
    public const string CertificateExpiring = "certificate.expiring";
    public const string CertificateExpired = "certificate.expired";

    /// <summary>Renewed, but the new version is not served.</summary>
    public const string CertificateNotLive = "certificate.not-live";
    public const string CertificateRevoked = "certificate.revoked";

    /// <summary>A version that somebody else put into the vault cannot be served.</summary>
    public const string CertificateRefused = "certificate.refused";

    /// <summary>The private key of a version can be computed from what is public.</summary>
    public const string CertificateKeyBroken = "certificate.key-broken";
    public const string RolloutFailed = "rollout.failed";
    public const string TargetDrift = "target.drift";
    public const string TimerLate = "timer.late";
    public const string MessagePoison = "message.poison";

    /// <summary>Those whose occurrences follow one another for one cause, whose end ends them all; of the others each is about something of its own.</summary>
    private static readonly string[] Recurring = [TargetDrift, RolloutFailed, TimerLate];

    /// <summary>Those about a certificate, which end with it.</summary>
    public static IReadOnlyList<string> OfCertificate { get; } =
        [CertificateExpiring, CertificateExpired, CertificateNotLive, CertificateRevoked, CertificateRefused, CertificateKeyBroken];

    /// <summary>Those about a target, which end with it.</summary>
    public static IReadOnlyList<string> OfTarget { get; } = [TargetDrift, RolloutFailed];

    /// <summary>True for a kind whose cause nothing watches any more: it is over once somebody knows of it.</summary>
    public static bool EndsWhenKnown(string kind) => kind == MessagePoison;

    /// <summary>True for a kind that comes up again and again until its cause is gone.</summary>
    public static bool IsRecurring(string kind) => Recurring.Contains(kind, StringComparer.Ordinal);

    /// <summary>Sent on request, to see that a channel works.</summary>
    public const string Test = "test";
}

/// <summary>Something that somebody must know, in the words of the message.</summary>
public sealed record Alert
{
    /// <summary>One of <see cref="AlertKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The certificate, target, timer or queue that it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>What tells this occurrence from a later one of the same kind: a fingerprint, the id of a rollout, a moment.</summary>
    public required string Generation { get; init; }

    public required AlertLevel Level { get; init; }

    /// <summary>The number of the level within its kind, where several have the same urgency.</summary>
    public int Ordinal { get; init; }

    /// <summary>Who must know; null: whoever looks after this host.</summary>
    public string? Owner { get; init; }

    /// <summary>Where it shows, <c>host:port</c>.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>What has happened, in one sentence.</summary>
    public required string Cause { get; init; }

    /// <summary>What to do, in one sentence.</summary>
    public required string NextStep { get; init; }

    /// <summary>When it came up.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The same for each occurrence at one level, however often it is raised: 48 hexadecimal digits, the first 32 from kind and subject.</summary>
    [JsonIgnore]
    public string Id => Partition(Kind, Subject) + Hash($"{Generation}\n{Level}\n{Ordinal.ToString(CultureInfo.InvariantCulture)}", 16);

    /// <summary>What the ids of all alerts of a kind about a subject begin with.</summary>
    public static string Partition(string kind, string subject) => Hash($"{kind}\n{subject}", 32);

    /// <summary>True for a text that could be an id.</summary>
    public static bool IsId(string? text) => text is { Length: 48 } && text.All(char.IsAsciiHexDigitLower);

    private static string Hash(string text, int digits) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..digits];
}
