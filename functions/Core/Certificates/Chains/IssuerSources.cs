namespace Certrelay.Certificates;

/// <summary>Where a certificate says that its issuer's can be had, as far as this product goes there: by http (RFC 5280 section 4.2.2.1), three places at most.</summary>
internal static class IssuerSources
{
    private const int Most = 3;
    private const int Longest = 1000;

    public static IReadOnlyList<string> Of(CertificateRecord certificate) =>
        [.. certificate.Extensions.IssuerUrls.Where(static url => url.Length <= Longest && url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)).Take(Most)];
}
