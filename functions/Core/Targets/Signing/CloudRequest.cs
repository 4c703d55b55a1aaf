using System.Buffers;
using System.Diagnostics;

namespace Certrelay.Targets.Signing;

/// <summary>One call to a vendor as it is signed and sent; it shows method and host only, because private keys travel in queries and bodies.</summary>
[DebuggerDisplay("{Method} {Authority}")]
public sealed class CloudRequest : IDisposable
{
    // SHA-256 of nothing.
    private const string EmptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static readonly SearchValues<char> LineBreaks = SearchValues.Create("\r\n\0");

    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The HTTP method in capitals.</summary>
    public required string Method { get; init; }

    /// <summary>Scheme and authority of the vendor's API; the rest of the address is <see cref="Path"/> and <see cref="Query"/>.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The decoded segments of the path, an empty last one standing for a trailing slash; throws <see cref="ArgumentException"/> for a dot segment, which a server would resolve to another resource.</summary>
    public IReadOnlyList<string> Path
    {
        get;
        init => field = value.Any(segment => segment is "." or "..")
            ? throw new ArgumentException("A path segment is a dot segment.", nameof(value))
            : value;
    } = [];

    /// <summary>The decoded pairs of the query, in the order in which they are sent.</summary>
    public IReadOnlyList<CloudField> Query { get; init; } = [];

    /// <summary>The vendor's own headers; throws <see cref="ArgumentException"/> for a line break, a name given twice, and the names that are set elsewhere (host, content type, authorisation).</summary>
    public IReadOnlyList<CloudField> Headers
    {
        get;
        init => field = Checked(value);
    } = [];

    /// <summary>The body; null when none is sent.</summary>
    public CloudContent? Content { get; init; }

    /// <summary>The value of the <c>Host</c> header: the port is named unless it is the scheme's own.</summary>
    public string Authority => Endpoint.Authority;

    /// <summary>The SHA-256 of the body in lower-case hexadecimal, that of no bytes without one.</summary>
    public string BodySha256 => Content?.Sha256 ?? EmptySha256;

    /// <summary>Path and query as sent, percent-encoded once. It may hold a private key: never to be logged.</summary>
    internal string RequestTarget => Query.Count == 0
        ? CanonicalForm.Path(Path)
        : CanonicalForm.Path(Path) + "?" + CanonicalForm.Query(Query);

    /// <summary>The whole address, kept as signed: <see cref="Uri"/> would otherwise decode and compress parts of it. Never to be logged.</summary>
    internal Uri ToUri() => new($"{Endpoint.Scheme}://{Authority}{RequestTarget}", Verbatim);

    public void Dispose() => Content?.Dispose();

    public override string ToString() => $"{Method} {Authority}";

    private static IReadOnlyList<CloudField> Checked(IReadOnlyList<CloudField> headers)
    {
        var names = new HashSet<string>(["host", "content-type", "authorization"], StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers)
        {
            if (!names.Add(name))
                throw new ArgumentException($"The header {name} is set twice or is not the caller's to set.", nameof(headers));
            if (value.AsSpan().ContainsAny(LineBreaks))
                throw new ArgumentException($"The header {name} holds a line break.", nameof(headers));
        }

        return headers;
    }
}
