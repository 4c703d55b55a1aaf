using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>What the two signatures of Alibaba OSS have in common.</summary>
internal static class OssHeaders
{
    /// <summary>The headers that both add: date, MD5 of a body that is not empty, session token.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The vendor asks for the MD5 of the body.")]
    public static List<CloudField> Added(CloudRequest request, CloudCredentials credentials, string time)
    {
        List<CloudField> added = [new("x-oss-date", time)];
        if (request.Content is { Bytes.IsEmpty: false } content)
            added.Add(new("Content-MD5", Convert.ToBase64String(MD5.HashData(content.Bytes.Span))));
        if (credentials.SessionToken is { } token)
            added.Add(new("x-oss-security-token", token));
        return added;
    }

    /// <summary>The headers that are signed; <c>host</c> is not.</summary>
    public static IEnumerable<CloudField> Signed(CloudRequest request, IEnumerable<CloudField> added)
    {
        IEnumerable<CloudField> type = request.Content is { } content ? [new("content-type", content.Type)] : [];
        return [.. type, .. added, .. request.Headers.Where(header => IsOss(header))];
    }

    /// <summary>Is it one of OSS's own headers?</summary>
    public static bool IsOss(CloudField header) => header.Name.StartsWith("x-oss-", StringComparison.OrdinalIgnoreCase);

    /// <summary>The segments of the object's key; the bucket itself is one empty segment, as its path ends in a slash.</summary>
    public static IReadOnlyList<string> Key(CloudRequest request) => request.Path is [] ? [""] : request.Path;
}
