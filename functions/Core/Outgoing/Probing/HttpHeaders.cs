using System.Text;

namespace Certrelay.Outgoing.Probing;

/// <summary>Status and header fields of one HTTP/1.1 answer (RFC 9112), read within a bound; repeated fields are joined.</summary>
internal sealed class HttpHeaders
{
    private const int MostBytes = 32 * 1024;

    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    private HttpHeaders(int status) => Status = status;

    public int Status { get; }

    /// <summary>The value of a field; null when it is absent.</summary>
    public string? this[string name] => _fields.GetValueOrDefault(name);

    /// <summary>Asks for the root of a host and returns what comes before the body; null when the answer is not HTTP.</summary>
    public static async Task<HttpHeaders?> AskAsync(Stream stream, string host, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HEAD / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: certrelay-probe\r\nAccept: */*\r\nConnection: close\r\n\r\n"),
            cancellationToken);
        var buffer = new byte[MostBytes];
        var length = 0;
        while (length < MostBytes)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
                break;
            length += read;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is var end and >= 0)
                return Parse(Encoding.Latin1.GetString(buffer, 0, end));
        }

        return null;
    }

    private static HttpHeaders? Parse(string text)
    {
        var lines = text.Split("\r\n");
        if (!lines[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || lines[0].Length < 12 || !int.TryParse(lines[0].AsSpan(9, 3), out var status))
            return null;
        var headers = new HttpHeaders(status);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                continue;
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            headers._fields[name] = headers._fields.TryGetValue(name, out var former) ? $"{former}, {value}" : value;
        }

        return headers;
    }
}
