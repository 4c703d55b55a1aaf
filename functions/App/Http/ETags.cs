using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Certrelay.App.Http;

/// <summary>Strong entity tags made of the records' ETags, and the conditions that name them (RFC 9110 sections 8.8.3 and 13.1).</summary>
public static class ETags
{
    // No record's ETag has one: neither numbers nor Base64url do.
    private const char Joint = '.';

    /// <summary>The entity tag of a record's ETag. The store's own text may hold quotes (Azure Tables' does).</summary>
    public static string Of(string etag) =>
        etag.All(static c => char.IsAsciiLetterOrDigit(c) || c is Joint or '-')
            ? $"\"{etag}\""
            : $"\"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(etag))}\"";

    /// <summary>The ETag of an answer that has no record of its own: by its content.</summary>
    public static string OfContent<T>(T content) => OfContent(JsonSerializer.SerializeToUtf8Bytes(content, EdgeJson.Options));

    /// <summary>The same of the answer as it is sent.</summary>
    internal static string OfContent(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..16];

    /// <summary>The ETag of an answer that shows more than the record which If-Match guards.</summary>
    internal static string Joined(string etag, byte[] content) => $"{Of(etag)[1..^1]}{Joint}{OfContent(content)}";

    /// <summary>A weak tag: the same certificate, but not the same bytes, because keystores have salts.</summary>
    internal static string Weak(string etag) => $"W/{Of(etag)}";

    extension(HttpRequest request)
    {
        /// <summary>True when If-None-Match of a read names the ETag, weak or not.</summary>
        public bool Knows(string etag) => IsKnown(request, Of(etag));

        /// <summary>
        /// Throws <see cref="ProblemException"/> (<c>precondition.failed</c>) when If-Match was sent and names another state than
        /// <paramref name="etag"/>; of a joined one only the record's part counts.
        /// </summary>
        public void DemandIfMatch(string etag)
        {
            if (request.Headers.IfMatch.Count == 0)
                return;
            var tags = Parse(request.Headers.IfMatch).Select(static tag => tag.IsWeak || tag.Tag.IndexOf(Joint) is not (> 0 and var joint)
                ? tag
                : new EntityTagHeaderValue($"{tag.Tag.AsSpan(0, joint)}\""));
            if (!Names(tags, Of(etag), strong: true))
                throw new ProblemException(ProblemCodes.PreconditionFailed);
        }
    }

    /// <summary>True for a read whose If-None-Match names the tag.</summary>
    internal static bool IsKnown(HttpRequest request, string tag) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && request.Headers.IfNoneMatch.Count > 0
        && EntityTagHeaderValue.TryParseList([.. request.Headers.IfNoneMatch.OfType<string>()], out var tags) && Names(tags, tag, strong: false);

    private static IList<EntityTagHeaderValue> Parse(IEnumerable<string?> header) =>
        EntityTagHeaderValue.TryParseList([.. header.OfType<string>()], out var tags)
            ? tags
            : throw new ProblemException(ProblemCodes.RequestInvalid, "The header If-Match is no list of entity tags.");

    private static bool Names(IEnumerable<EntityTagHeaderValue> tags, string tag, bool strong) =>
        tags.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(new EntityTagHeaderValue(tag), strong));
}
