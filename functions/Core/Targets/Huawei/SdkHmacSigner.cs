using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Huawei;

/// <summary>Huawei Cloud's <c>SDK-HMAC-SHA256</c> over every header of the request, its host and its content type.</summary>
/// <remarks>https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm.html</remarks>
internal static class SdkHmacSigner
{
    private const string Scheme = "SDK-HMAC-SHA256";

    /// <summary>The headers to add; <c>X-Project-Id</c> (regional services) or <c>X-Domain-Id</c> (global ones) is the request's own.</summary>
    public static IReadOnlyList<CloudField> Sign(CloudRequest request, CloudCredentials credentials, DateTimeOffset now)
    {
        var time = CanonicalForm.Time(now);
        List<CloudField> added = [new("X-Sdk-Date", time)];
        if (credentials.SessionToken is { } token)
            added.Add(new("X-Security-Token", token));

        List<CloudField> signed = [new("host", request.Authority), .. added, .. request.Headers];
        if (request.Content is { } content)
            signed.Add(new("content-type", content.Type));
        var (block, names) = CanonicalForm.Headers(signed);

        // The signed path ends in a slash that the request line does not have.
        var path = CanonicalForm.Path(request.Path);
        if (!path.EndsWith('/'))
            path += "/";
        var query = CanonicalForm.Query(CanonicalForm.Sorted(request.Query));
        var hash = CanonicalForm.RequestHash(request.Method, path, query, block, names, PayloadHash(request));
        var signature = SigningKey.Sign(credentials.SecretKey, $"{Scheme}\n{time}\n{hash}");
        return [.. added, new("Authorization", $"{Scheme} Access={credentials.AccessKeyId}, SignedHeaders={names}, Signature={signature}")];
    }

    private static string PayloadHash(CloudRequest request)
    {
        // A client that sends this header (UNSIGNED-PAYLOAD for a body other than JSON) signs its value in place of the hash.
        var named = request.Headers.FirstOrDefault(header => header.Name.Equals("X-Sdk-Content-Sha256", StringComparison.OrdinalIgnoreCase));
        return named.Value ?? request.BodySha256;
    }
}
