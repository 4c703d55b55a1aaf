using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Alibaba OSS's signature V1 (HMAC-SHA1), for endpoints that do not take V4.</summary>
/// <remarks>https://www.alibabacloud.com/help/en/oss/developer-reference/include-signatures-in-the-authorization-header</remarks>
internal static class OssV1Signer
{
    // Of the sub-resources that OSS signs, those that this product calls; other parameters stay outside the signature.
    private static readonly string[] SubResources = ["cname", "comp"];

    /// <summary>The headers to add.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "The vendor's older signature is made with SHA-1.")]
    public static IReadOnlyList<CloudField> Sign(CloudRequest request, string bucket, CloudCredentials credentials, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
        var added = OssHeaders.Added(request, credentials, time);
        var (block, _) = CanonicalForm.Headers(added.Concat(request.Headers).Where(OssHeaders.IsOss));
        var md5 = added.Find(header => header.Name == "Content-MD5").Value;

        // The date line is that of x-oss-date, which stands in for Date. Neither path nor values are encoded.
        var text = $"{request.Method}\n{md5}\n{request.Content?.Type}\n{time}\n{block}/{bucket}/{string.Join('/', OssHeaders.Key(request))}{Signed(request.Query)}";
        var signature = Convert.ToBase64String(HMACSHA1.HashData(credentials.SecretKey, Encoding.UTF8.GetBytes(text)));
        return [.. added, new("Authorization", $"OSS {credentials.AccessKeyId}:{signature}")];
    }

    private static string Signed(IReadOnlyList<CloudField> query)
    {
        var signed = CanonicalForm.Sorted(query.Where(pair => SubResources.Contains(pair.Name, StringComparer.Ordinal)))
            .Select(pair => pair.Value.Length == 0 ? pair.Name : $"{pair.Name}={pair.Value}")
            .ToList();
        return signed.Count == 0 ? "" : "?" + string.Join('&', signed);
    }
}
