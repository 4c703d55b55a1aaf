using System.Text.RegularExpressions;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Aws;

/// <summary>AWS Signature Version 4 over every header of the request, its host and its content type; for every service but S3, which encodes the path once.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html</remarks>
internal static partial class SigV4Signer
{
    private const string Scheme = "AWS4-HMAC-SHA256";

    /// <summary>The headers to add.</summary>
    /// <param name="region"><c>us-east-1</c> for CloudFront and IAM, whatever the region of the resource.</param>
    /// <param name="service">The signing name: <c>elasticloadbalancing</c> for both generations.</param>
    public static IReadOnlyList<CloudField> Sign(CloudRequest request, string region, string service, CloudCredentials credentials, DateTimeOffset now)
    {
        var time = CanonicalForm.Time(now);
        string[] scope = [time[..8], region, service, "aws4_request"];
        List<CloudField> added = [new("x-amz-date", time)];
        if (credentials.SessionToken is { } token)
            added.Add(new("x-amz-security-token", token));

        List<CloudField> signed = [new("host", request.Authority), .. added, .. request.Headers];
        if (request.Content is { } content)
            signed.Add(new("content-type", content.Type));
        var (block, names) = CanonicalForm.Headers(signed.Select(header => header with { Value = Spaces().Replace(header.Value, " ") }));
        var hash = CanonicalForm.RequestHash(request.Method, Path(request.Path), Query(request.Query), block, names, request.BodySha256);
        var signature = SigningKey.Sign("AWS4", credentials.SecretKey, scope, $"{Scheme}\n{time}\n{string.Join('/', scope)}\n{hash}");
        return
        [
            .. added,
            new("Authorization", $"{Scheme} Credential={credentials.AccessKeyId}/{string.Join('/', scope)}, SignedHeaders={names}, Signature={signature}"),
        ];
    }

    // The path as sent is encoded once more, and empty segments within it are dropped (RFC 3986, section 6.2.2.3 as AWS reads it).
    private static string Path(IReadOnlyList<string> segments) =>
        CanonicalForm.Path(segments.Where((segment, index) => segment.Length > 0 || index == segments.Count - 1).Select(CanonicalForm.Encode));

    // Sorted as encoded, which is another order than before: "a|" follows "ab" there and precedes it here.
    private static string Query(IReadOnlyList<CloudField> query) => string.Join('&', query
        .Select(pair => new CloudField(CanonicalForm.Encode(pair.Name), CanonicalForm.Encode(pair.Value)))
        .OrderBy(pair => pair.Name, StringComparer.Ordinal)
        .ThenBy(pair => pair.Value, StringComparer.Ordinal)
        .Select(pair => $"{pair.Name}={pair.Value}"));

    [GeneratedRegex(" {2,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();
}
