using System.Globalization;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Tencent;

/// <summary>Tencent Cloud's signature V3, <c>TC3-HMAC-SHA256</c>, over content type, host and body.</summary>
/// <remarks>https://www.tencentcloud.com/document/api/1007/37480</remarks>
internal static class Tc3Signer
{
    private const string Scheme = "TC3-HMAC-SHA256";

    /// <summary>The headers to add; <c>X-TC-Action</c>, <c>X-TC-Version</c> and <c>X-TC-Region</c> are the request's own and not signed. Throws <see cref="ArgumentException"/> without a body.</summary>
    /// <param name="service">The first label of the vendor's host name: <c>ssl</c>.</param>
    public static IReadOnlyList<CloudField> Sign(CloudRequest request, string service, CloudCredentials credentials, DateTimeOffset now)
    {
        var content = request.Content ?? throw new ArgumentException("The call has no body, and its content type must be signed.", nameof(request));
        var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        string[] scope = [now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), service, "tc3_request"];
        var (block, names) = CanonicalForm.Headers([
            new("content-type", content.Type.ToLowerInvariant()),
            new("host", request.Authority.ToLowerInvariant()),
        ]);
        var query = CanonicalForm.Query(CanonicalForm.Sorted(request.Query));
        var hash = CanonicalForm.RequestHash(request.Method, CanonicalForm.Path(request.Path), query, block, names, request.BodySha256);
        var signature = SigningKey.Sign("TC3", credentials.SecretKey, scope, $"{Scheme}\n{seconds}\n{string.Join('/', scope)}\n{hash}");

        List<CloudField> added = [new("X-TC-Timestamp", seconds)];
        if (credentials.SessionToken is { } token)
            added.Add(new("X-TC-Token", token));
        return
        [
            .. added,
            new("Authorization", $"{Scheme} Credential={credentials.AccessKeyId}/{string.Join('/', scope)}, SignedHeaders={names}, Signature={signature}"),
        ];
    }
}
