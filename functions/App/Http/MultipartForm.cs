using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Certrelay.App.Http;

/// <summary>
/// The fields of a multipart/form-data body (RFC 7578) as slices of the body itself: no copy is made of what may be a private key. Bounded in parts and
/// in the length of their headers; the body has its own limit.
/// </summary>
public static class MultipartForm
{
    private const int MostParts = 16;
    private const int LongestHeaders = 2048;
    private const int LongestBoundary = 70;

    /// <summary>
    /// The fields by name; throws <see cref="ProblemException"/> (<c>body.malformed</c>) for anything but well-formed parts, and (<c>body.invalid</c>) for
    /// fields that are not among <paramref name="known"/>, or occur twice without being <paramref name="repeatable"/>.
    /// </summary>
    public static ILookup<string, ReadOnlyMemory<byte>> Read(HttpRequest request, string repeatable, params IReadOnlyList<string> known)
    {
        var faults = new List<RequestFault>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var parts = Parts(request.Bytes, BoundaryOf(request));
        foreach (var (name, _) in parts)
        {
            if (name != repeatable && !known.Contains(name))
                faults.Add(new RequestFault($"/{name}", "is unknown"));
            else if (!seen.Add(name) && name != repeatable)
                faults.Add(new RequestFault($"/{name}", "occurs twice"));
        }

        return faults.Count == 0
            ? parts.ToLookup(static part => part.Name, static part => part.Content, StringComparer.Ordinal)
            : throw new ProblemException(ProblemCodes.BodyInvalid, string.Join(", ", faults.Select(static fault => $"{fault.At} {fault.Detail}")) + ".") { Faults = faults };
    }

    private static byte[] BoundaryOf(HttpRequest request)
    {
        var boundary = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? HeaderUtilities.RemoveQuotes(type.Boundary).ToString() : "";
        return boundary.Length is > 0 and <= LongestBoundary && Ascii.IsValid(boundary)
            ? Encoding.ASCII.GetBytes($"\r\n--{boundary}")
            : throw Malformed("The content type names no boundary of 1 to 70 characters.");
    }

    private static List<(string Name, ReadOnlyMemory<byte> Content)> Parts(ReadOnlyMemory<byte> body, byte[] delimiter)
    {
        var parts = new List<(string, ReadOnlyMemory<byte>)>();
        // The first delimiter has no line break of its own before it, unless there is a preamble.
        var position = body.Span.StartsWith(delimiter.AsSpan(2)) ? delimiter.Length - 2 : End(body.Span, 0, delimiter);
        while (!body.Span[position..].StartsWith("--"u8))
        {
            var lineEnd = body.Span[position..].IndexOf("\r\n"u8);
            if (lineEnd < 0 || body.Span.Slice(position, lineEnd).ContainsAnyExcept(" \t"u8))
                throw Malformed("A boundary is not followed by a line break.");
            if (parts.Count == MostParts)
                throw Malformed($"There are more than {MostParts} parts.");
            // Without its own line break, so that a part without headers ends its headers too.
            var headersAt = position + lineEnd;
            var headers = body.Span[headersAt..].IndexOf("\r\n\r\n"u8);
            if (headers is < 0 or > LongestHeaders)
                throw Malformed($"A part has no end of its headers within {LongestHeaders} bytes.");
            var contentAt = headersAt + headers + 4;
            // From the headers' last line break on: an empty content has only that one.
            position = End(body.Span, contentAt - 2, delimiter);
            var length = Math.Max(0, position - delimiter.Length - contentAt);
            parts.Add((NameIn(body.Span.Slice(headersAt, headers)), body.Slice(contentAt, length)));
        }

        return parts;
    }

    /// <summary>Where the next delimiter ends.</summary>
    private static int End(ReadOnlySpan<byte> body, int from, byte[] delimiter)
    {
        var at = body[from..].IndexOf(delimiter);
        return at < 0 ? throw Malformed("The last boundary is missing.") : from + at + delimiter.Length;
    }

    private static string NameIn(ReadOnlySpan<byte> headers)
    {
        foreach (var line in Encoding.UTF8.GetString(headers).Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("Content-Disposition:", StringComparison.OrdinalIgnoreCase)
                && ContentDispositionHeaderValue.TryParse(line["Content-Disposition:".Length..].Trim(), out var disposition)
                && disposition.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase)
                && HeaderUtilities.RemoveQuotes(disposition.Name).ToString() is { Length: > 0 } name)
                return name;
        }

        throw Malformed("A part has no Content-Disposition: form-data with a name.");
    }

    private static ProblemException Malformed(string detail) => new(ProblemCodes.BodyMalformed, detail);
}
