using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Certrelay.Dns;
using Certrelay.Outgoing;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>
/// The one HTTP client of all channels: only to addresses that the guard lets through (class webhook), no proxy, no redirect followed, no cookie, answers bounded. What
/// fails is told in words of our own, because addresses hold tokens and answers may repeat them.
/// </summary>
public sealed class ChannelHttp : IDisposable
{
    private const int LongestAnswer = 64 * 1024;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _client;

    public ChannelHttp(GuardedConnection connection, TimeProvider time)
    {
        _time = time;
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16,
            // Names are resolved, and addresses checked, anew after it.
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            // No span of its own: it would carry the address, token included.
            ActivityHeadersPropagator = null,
            ConnectCallback = async (context, cancellationToken) => new NetworkStream(
                await connection.OpenAsync(OutgoingClass.Webhook, context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken), ownsSocket: true),
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = ChainPolicy() },
        });
    }

    /// <summary>Sends a request and returns the body of an answer of 2xx, at most 64 KB of it; throws <see cref="Transient"/> and <see cref="Permanent"/> (<c>channel.*</c>, <c>probe.*</c>, <c>dns.*</c>).</summary>
    public async Task<byte[]> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
                return await ReadAsync(response, cancellationToken);
            var (status, reason) = ((int)response.StatusCode, $"The other side answered {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)}.");
            throw MayPass(status) ? new Transient("channel.status", reason, RetryAfter(response)) : new Permanent("channel.refused", reason);
        }
        catch (HttpRequestException fault)
        {
            throw Explain(fault);
        }
        catch (IOException)
        {
            throw new Transient("channel.unavailable", "The connection broke before the answer was complete.");
        }
    }

    /// <summary>Posts JSON and returns the answer, as <see cref="SendAsync"/>.</summary>
    public async Task<byte[]> PostAsync(string url, JsonObject body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString())) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return await SendAsync(request, cancellationToken);
    }

    /// <summary>How servers of channels are checked: by the authorities of this host, and nothing is fetched from where a certificate says, which would go past the guard.</summary>
    internal static X509ChainPolicy ChainPolicy() => new() { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };

    public void Dispose() => _client.Dispose();

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[LongestAnswer];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer[..length];
    }

    // A deployment of the receiver answers 404 for a while; 409, 423 and 425 say "not now" (RFC 9110, 4918, 8470).
    private static bool MayPass(int status) => status is 404 or 408 or 409 or 423 or 425 or 429 or >= 500;

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var named = response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - _time.GetUtcNow() : null;
        return named is { } delay && delay > TimeSpan.Zero ? (delay < LongestDelay ? delay : LongestDelay) : null;
    }

    private static Failure Explain(HttpRequestException fault) => fault switch
    {
        _ when Inner<Failure>(fault) is { } ours => ours,
        _ when Inner<AuthenticationException>(fault) is not null =>
            new Transient("channel.tls", "The TLS handshake failed, or the certificate of the other side is not trusted."),
        _ => new Transient("channel.unavailable", $"The other side cannot be reached ({fault.HttpRequestError})."),
    };

    private static T? Inner<T>(Exception? fault)
        where T : Exception
    {
        while (fault is not null and not T)
            fault = fault.InnerException;
        return fault as T;
    }
}
