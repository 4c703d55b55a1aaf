using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Certrelay.Simulators;

/// <summary>One request as it came over the wire: the target as written, headers in their order, the exact bytes of the body.</summary>
public sealed record SimulatorRequest(string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>What the client showed in the handshake, not judged; null when it showed none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The target up to its question mark, not decoded.</summary>
    public string RawPath => Target.Split('?', 2)[0];

    /// <summary>The target behind its question mark, not decoded; empty without one.</summary>
    public string RawQuery => Target.Split('?', 2) is [_, var query] ? query : "";

    /// <summary>The pairs of the query, decoded, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query => Pairs(RawQuery);

    /// <summary>The pairs of a form body, decoded, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Form => Pairs(Encoding.UTF8.GetString(Body).Replace('+', ' '));

    /// <summary>The values of a header, joined by a comma; null without it.</summary>
    public string? Header(string name)
    {
        var values = Headers.Where(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).ToList();
        return values.Count == 0 ? null : string.Join(',', values);
    }

    private static List<KeyValuePair<string, string>> Pairs(string text) =>
    [
        .. text.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pair => pair.Split('=', 2))
            .Select(static pair => KeyValuePair.Create(Uri.UnescapeDataString(pair[0]), pair.Length == 2 ? Uri.UnescapeDataString(pair[1]) : "")),
    ];
}

/// <summary>What a simulator answers.</summary>
public sealed record SimulatorAnswer(int Status, string ContentType, byte[] Body)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>An answer with a text as UTF-8.</summary>
    public static SimulatorAnswer Of(int status, string contentType, string body) => new(status, contentType, Encoding.UTF8.GetBytes(body));
}

/// <summary>One call that a simulator answered, for a test that counts: which action, whether it changes anything, and how it ended.</summary>
/// <param name="Action">The vendor's name with its service: <c>ssl.UploadCertificate</c>.</param>
/// <param name="Resource">What it was about: a domain, a listener, a certificate's id; empty where there is none.</param>
/// <param name="Code">The vendor's error code; null when the call succeeded.</param>
public sealed record SimulatorCall(string Action, string Resource, bool Writes, string? Code, DateTimeOffset At);
