using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Targets.Signing;

/// <summary>The canonical forms that the vendors' signatures share.</summary>
internal static class CanonicalForm
{
    /// <summary>Percent-encodes every byte of the UTF-8 form except <c>A-Z a-z 0-9 - _ . ~</c> (RFC 3986, section 2.3).</summary>
    public static string Encode(string text) => Uri.EscapeDataString(text);

    /// <summary>The path with each segment encoded once.</summary>
    public static string Path(IEnumerable<string> segments) => "/" + string.Join('/', segments.Select(Encode));

    /// <summary>The pairs as <c>name=value</c> in the given order; an empty value keeps its <c>=</c>.</summary>
    public static string Query(IEnumerable<CloudField> pairs) => string.Join('&', pairs.Select(pair => $"{Encode(pair.Name)}={Encode(pair.Value)}"));

    /// <summary>The pairs by name, then by value, as they are before encoding.</summary>
    public static IEnumerable<CloudField> Sorted(IEnumerable<CloudField> pairs) =>
        pairs.OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal);

    /// <summary>The header block, a line each, and the list of its names: lower-case, sorted, joined by <c>;</c>.</summary>
    public static (string Block, string Names) Headers(IEnumerable<CloudField> headers)
    {
        var sorted = headers
            .Select(header => new CloudField(header.Name.ToLowerInvariant(), header.Value.Trim(' ', '\t')))
            .OrderBy(header => header.Name, StringComparer.Ordinal)
            .ToList();
        return (string.Concat(sorted.Select(header => $"{header.Name}:{header.Value}\n")), string.Join(';', sorted.Select(header => header.Name)));
    }

    /// <summary>The SHA-256, in lower-case hexadecimal, of the six parts of a canonical request.</summary>
    public static string RequestHash(string method, string path, string query, string headerBlock, string signedNames, string payloadHash)
    {
        // The text holds whatever the query holds, a private key included: it leaves this method as a hash only.
        var text = $"{method}\n{path}\n{query}\n{headerBlock}\n{signedNames}\n{payloadHash}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>ISO 8601 basic form in UTC, <c>yyyyMMddTHHmmssZ</c>; its first eight characters are the date.</summary>
    public static string Time(DateTimeOffset now) => now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
