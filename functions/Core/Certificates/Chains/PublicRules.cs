using System.Globalization;

namespace Certrelay.Certificates;

/// <summary>What browsers demand of publicly trusted certificates beyond a sound chain: a bounded validity, and to be logged.</summary>
internal static class PublicRules
{
    // CA/B Baseline Requirements section 6.3.2, with ballots SC31 and SC-081v3: by the day of issue.
    private static readonly (DateTimeOffset From, int Days)[] Limits =
    [
        (new(2029, 3, 15, 0, 0, 0, TimeSpan.Zero), 47),
        (new(2027, 3, 15, 0, 0, 0, TimeSpan.Zero), 100),
        (new(2026, 3, 15, 0, 0, 0, TimeSpan.Zero), 200),
        (new(2020, 9, 1, 0, 0, 0, TimeSpan.Zero), 398),
    ];

    /// <summary>Nothing when it is not known whether the chain is a public one.</summary>
    public static IEnumerable<Finding> Judge(CertificateRecord leaf, bool? isPublic)
    {
        if (isPublic is not { } known)
            yield break;
        if (LimitOf(leaf.NotBefore) is { } most && DaysOf(leaf) is var days && days > most)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"The certificate is valid for {days} days");
            yield return known
                ? FindingCodes.ValidityTooLong.At(leaf.Label, $"{text}; public authorities may issue for {most} days since {leaf.NotBefore:yyyy-MM-dd} at the latest, and browsers hold them to it.")
                : FindingCodes.ValidityTooLong.At(leaf.Label, $"{text}, longer than public authorities may issue ({most} days); a private authority may, but Apple's clients refuse more than 825 days from any.", Severity.Info);
        }

        if (known && !leaf.Extensions.HasTimestamps)
            yield return FindingCodes.LeafNoSct.At(leaf.Label);
    }

    /// <summary>How many days a certificate issued at a moment may be valid; null before there were such limits.</summary>
    public static int? LimitOf(DateTimeOffset issued) => Array.Find(Limits, limit => issued >= limit.From) is { Days: > 0 } limit ? limit.Days : null;

    /// <summary>Both ends count, and so does a day that has begun (Baseline Requirements section 6.3.2).</summary>
    public static int DaysOf(CertificateRecord leaf) => (int)Math.Ceiling((leaf.NotAfter - leaf.NotBefore + TimeSpan.FromSeconds(1)).TotalDays);
}
