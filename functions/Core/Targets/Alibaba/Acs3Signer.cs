using System.Globalization;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Alibaba Cloud's signature V3, <c>ACS3-HMAC-SHA256</c>, for RPC calls (path <c>/</c>) and ROA calls alike.</summary>
/// <remarks>https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature</remarks>
internal static class Acs3Signer
{
    private const string Scheme = "ACS3-HMAC-SHA256";

    /// <summary>The headers to add; <c>x-acs-action</c> and <c>x-acs-version</c> are the request's own.</summary>
    /// <param name="nonce">Never used before with these credentials.</param>
    public static IReadOnlyList<CloudField> Sign(CloudRequest request, CloudCredentials credentials, DateTimeOffset now, string nonce)
    {
        List<CloudField> added =
        [
            new("x-acs-date", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
            new("x-acs-signature-nonce", nonce),
            new("x-acs-content-sha256", request.BodySha256),
        ];
        if (credentials.SessionToken is { } token)
            added.AddRange([new("x-acs-accesskey-id", credentials.AccessKeyId), new("x-acs-security-token", token)]);

        List<CloudField> signed = [new("host", request.Authority), .. added];
        if (request.Content is { } content)
            signed.Add(new("content-type", content.Type));
        signed.AddRange(request.Headers.Where(header => header.Name.StartsWith("x-acs-", StringComparison.OrdinalIgnoreCase)));

        var (block, names) = CanonicalForm.Headers(signed);
        var query = CanonicalForm.Query(CanonicalForm.Sorted(request.Query));
        var hash = CanonicalForm.RequestHash(request.Method, CanonicalForm.Path(request.Path), query, block, names, request.BodySha256);
        var signature = SigningKey.Sign(credentials.SecretKey, $"{Scheme}\n{hash}");
        return [.. added, new("Authorization", $"{Scheme} Credential={credentials.AccessKeyId},SignedHeaders={names},Signature={signature}")];
    }
}
