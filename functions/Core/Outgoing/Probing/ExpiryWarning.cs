namespace Certrelay.Outgoing.Probing;

/// <summary>
/// From when on an end is near: so many days before it, or when less than a share of the life is left; the share where no days are given, because
/// lives go from 6 to 398 days.
/// </summary>
public sealed record ExpiryWarning(int? Days = null, double Share = ExpiryWarning.UsualShare)
{
    /// <summary>A sixth: 15 days of 90, one of 6, two months of 398; half of what renewal at a third leaves.</summary>
    public const double UsualShare = 1.0 / 6;

    public bool IsDue(DateTimeOffset notBefore, DateTimeOffset notAfter, DateTimeOffset now) =>
        notAfter - now < (Days is { } days ? TimeSpan.FromDays(days) : (notAfter - notBefore) * Share);
}
