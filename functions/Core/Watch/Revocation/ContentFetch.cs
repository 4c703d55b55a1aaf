using System.Net;
using System.Net.Sockets;
using Certrelay.Dns;
using Certrelay.Outgoing;

namespace Certrelay.Watch.Revocation;

/// <summary>What came from an address that a certificate named; without a <see cref="Body"/> the <see cref="Fault"/> is a clause that tells why.</summary>
internal sealed record Fetched(byte[]? Body, string? Fault);

/// <summary>
/// Fetches what certificates refer to, by http: the host is resolved, each address held to the class <see cref="OutgoingClass.Content"/>, and the
/// connection made to just that address; no proxy, no redirect, no cookies, bounded size and time.
/// </summary>
public sealed class ContentFetch : IDisposable
{
    private readonly IResolver _resolver;
    private readonly OutgoingGuard _guard;
    private readonly TimeProvider _time;
    // Made at the first use: most certificates of short lives name nobody to ask, and a short run of the command line shall not load it.
    private readonly Lazy<HttpMessageInvoker> _http;

    public ContentFetch(IResolver resolver, OutgoingGuard guard, TimeProvider time)
    {
        (_resolver, _guard, _time) = (resolver, guard, time);
        _http = new Lazy<HttpMessageInvoker>(() => new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxResponseHeadersLength = 16,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
            ConnectCallback = ConnectAsync,
        }));
    }

    /// <summary>Asks with GET, or with POST when there is something to send; only cancellation by the caller is thrown.</summary>
    internal async Task<Fetched> FetchAsync(string url, HttpContent? post, int mostBytes, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp)
            return new Fetched(null, "is no http address");
        using var deadline = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var request = new HttpRequestMessage(post is null ? HttpMethod.Get : HttpMethod.Post, address) { Content = post };
            using var answer = await _http.Value.SendAsync(request, either.Token);
            if (answer.StatusCode != HttpStatusCode.OK)
                return new Fetched(null, $"answers with status {(int)answer.StatusCode}");
            await using var stream = await answer.Content.ReadAsStreamAsync(either.Token);
            return await ReadAsync(stream, mostBytes, either.Token) is { } body ? new Fetched(body, null) : new Fetched(null, $"answers with more than {mostBytes} bytes");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Fetched(null, "does not answer in time");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return new Fetched(null, fault.InnerException is Permanent refused ? refused.Message : "cannot be reached");
        }
    }

    public void Dispose()
    {
        if (_http.IsValueCreated)
            _http.Value.Dispose();
    }

    private static async Task<byte[]?> ReadAsync(Stream stream, int mostBytes, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > mostBytes)
                return null;
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await _resolver.AddressesAsync(context.DnsEndPoint.Host.Trim('[', ']'), cancellationToken);
        var allowed = addresses.Where(address => _guard.Check(OutgoingClass.Content, address) is null).ToList();
        if (allowed.Count == 0)
            throw new Permanent(Certificates.FindingCodes.ProbeForbidden.Code, "lies at an address that is not connected to");
        for (var i = 0; ; i++)
        {
            var socket = new Socket(allowed[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(allowed[i], context.DnsEndPoint.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (i + 1 < allowed.Count)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
