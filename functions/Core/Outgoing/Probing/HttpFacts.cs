using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Certrelay.Outgoing.Probing;

/// <summary>What an https server says of itself in its header fields.</summary>
public sealed record HttpFacts
{
    public required int Status { get; init; }

    /// <summary>The field Server (RFC 9110 section 10.2.4), at most 100 printable characters.</summary>
    public string? Server { get; init; }

    /// <summary>The kinds of targets that the fields suggest, likeliest first.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Seconds of Strict-Transport-Security (RFC 6797 section 6.1.1); null when there is none.</summary>
    public long? HstsSeconds { get; init; }

    /// <summary>Whether plain HTTP leads to https; null when nothing answers there, or nobody asked.</summary>
    public bool? RedirectsToHttps { get; init; }
}

/// <summary>Asks a web server for its header fields, over TLS and in plain.</summary>
internal sealed class HttpProbe(TlsProbe probe, TimeProvider time)
{
    private static readonly IReadOnlyList<SslApplicationProtocol> Offers = [SslApplicationProtocol.Http11];

    /// <summary>Null when the server speaks no HTTP/1.1 over TLS. <paramref name="plainPort"/>: where plain HTTP is asked; null: nowhere.</summary>
    public async Task<HttpFacts?> AskAsync(
        IPAddress address, Endpoint endpoint, int? plainPort, TimeSpan timeout, CancellationToken cancellationToken)
    {
        HttpHeaders? headers = null;
        var host = HostField(endpoint);
        var plain = plainPort is { } port ? RedirectsAsync(new IPEndPoint(address, port), host, timeout, cancellationToken) : Task.FromResult<bool?>(null);
        await probe.ProbeAsync(
            address, endpoint, timeout, Offers,
            async (stream, token) => headers = await HttpHeaders.AskAsync(stream, endpoint.Port == 443 ? host : $"{host}:{endpoint.Port}", token),
            cancellationToken);
        var redirects = await plain;
        return headers is null ? null : new HttpFacts
        {
            Status = headers.Status,
            Server = headers["Server"] is { } server ? Printable(server) : null,
            Kinds = ServerKinds.Of(headers),
            HstsSeconds = MaxAge(headers["Strict-Transport-Security"]),
            RedirectsToHttps = redirects,
        };
    }

    private async Task<bool?> RedirectsAsync(IPEndPoint peer, string host, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await using var stream = await OpeningStream.OpenAsync(peer, StartTls.None, either.Token);
            if (await HttpHeaders.AskAsync(stream, host, either.Token) is not { } headers)
                return null;
            return headers is { Status: >= 300 and < 400 } && headers["Location"]?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) is true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is SocketException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    private static string HostField(Endpoint endpoint)
    {
        var name = endpoint.EffectiveServerName.TrimEnd('.');
        return name.Contains(':', StringComparison.Ordinal) && !name.StartsWith('[') ? $"[{name}]" : name;
    }

    private static long? MaxAge(string? field)
    {
        foreach (var directive in (field ?? "").Split(';', StringSplitOptions.TrimEntries))
        {
            if (directive.StartsWith("max-age=", StringComparison.OrdinalIgnoreCase) && long.TryParse(directive.AsSpan(8).Trim('"'), out var seconds))
                return seconds;
        }

        return null;
    }

    private static string Printable(string text) =>
        string.Concat(text.Take(100).Select(static c => c is >= ' ' and < '\x7F' ? c : '?'));
}
