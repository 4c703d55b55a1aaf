using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Alibaba OSS's signature V4, <c>OSS4-HMAC-SHA256</c>, with an unsigned payload whose MD5 is signed.</summary>
/// <remarks>https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4</remarks>
internal static class OssV4Signer
{
    private const string Scheme = "OSS4-HMAC-SHA256";
    private const string Payload = "UNSIGNED-PAYLOAD";

    /// <summary>The headers to add.</summary>
    /// <param name="bucket">Signed as the first part of the path, although the host names it.</param>
    /// <param name="region">Without the <c>oss-</c> of host names: <c>cn-hangzhou</c>.</param>
    public static IReadOnlyList<CloudField> Sign(CloudRequest request, string bucket, string region, CloudCredentials credentials, DateTimeOffset now)
    {
        var time = CanonicalForm.Time(now);
        string[] scope = [time[..8], region, "oss", "aliyun_v4_request"];
        var added = OssHeaders.Added(request, credentials, time);
        added.Add(new("x-oss-content-sha256", Payload));

        var (block, _) = CanonicalForm.Headers(OssHeaders.Signed(request, added));
        // A sub-resource has no "=" when signed (cname&comp=add), whatever the wire form.
        var query = string.Join('&', request.Query
            .Select(pair => new CloudField(CanonicalForm.Encode(pair.Name), CanonicalForm.Encode(pair.Value)))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
            .Select(pair => pair.Value.Length == 0 ? pair.Name : $"{pair.Name}={pair.Value}"));
        var hash = CanonicalForm.RequestHash(request.Method, CanonicalForm.Path([bucket, .. OssHeaders.Key(request)]), query, block, "", Payload);
        var signature = SigningKey.Sign("aliyun_v4", credentials.SecretKey, scope, $"{Scheme}\n{time}\n{string.Join('/', scope)}\n{hash}");
        return [.. added, new("Authorization", $"{Scheme} Credential={credentials.AccessKeyId}/{string.Join('/', scope)},Signature={signature}")];
    }
}
