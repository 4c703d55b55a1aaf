using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Certrelay.Certificates;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Calls;

/// <summary>
/// Sends signed requests over HTTPS. Addresses and bodies hold private keys at some vendors: nothing here logs, traces or throws either of them, which is
/// why no factory with its own loggers makes the client.
/// </summary>
/// <param name="handler">How connections are made and secured; null: as to any public host.</param>
public sealed class CloudTransport(CloudOptions options, TimeProvider time, SocketsHttpHandler? handler = null) : IDisposable
{
    // A listing of a thousand certificates has a few hundred kilobytes.
    private const int LargestAnswer = 16 * 1024 * 1024;

    private readonly HttpMessageInvoker _http = new(handler ?? new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // Without a propagator there is no activity, whose tags would hold the address.
        ActivityHeadersPropagator = null,
    });

    /// <summary>
    /// Sends one request with the headers of its signature. Throws <see cref="Transient"/> (<c>cloud.unavailable</c>) without an answer in time, and
    /// <see cref="Permanent"/> (<c>cloud.answer</c>) for one that is too large.
    /// </summary>
    public async Task<CloudAnswer> SendAsync(CloudRequest request, IEnumerable<CloudField> signature, CancellationToken cancellationToken)
    {
        using var message = Message(request, signature);
        using var patience = new CancellationTokenSource(options.CallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(message, either.Token);
            return new CloudAnswer((int)response.StatusCode, await ReadAsync(response.Content, either.Token), Headers(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(request, $"no answer within {options.CallTimeoutSeconds} s");
        }
        catch (HttpRequestException fault) when (fault.InnerException is Failure own)
        {
            // A connection that the guard refused says so itself.
            throw own is Permanent ? new Permanent(own.Code, own.Message) : new Transient(own.Code, own.Message);
        }
        catch (HttpRequestException fault)
        {
            throw Unavailable(request, fault.HttpRequestError.ToString());
        }
        catch (Exception fault) when (fault is IOException or SocketException or AuthenticationException)
        {
            throw Unavailable(request, fault.GetType().Name);
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Message(CloudRequest request, IEnumerable<CloudField> signature)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), request.ToUri());
        if (request.Content is { } content)
        {
            message.Content = new ReadOnlyMemoryContent(content.Bytes);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", content.Type);
        }

        foreach (var (name, value) in request.Headers.Concat(signature))
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        message.Headers.TryAddWithoutValidation("User-Agent", "certrelay");
        return message;
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[content.Headers.ContentLength is { } length and < LargestAnswer ? (int)length + 1 : 16 * 1024];
        var count = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(count), cancellationToken);
            if (read == 0)
                break;
            count += read;
            if (count > LargestAnswer)
                throw CloudAnswer.Unreadable("its size");
            if (count == buffer.Length)
                Grow(ref buffer);
        }

        var body = buffer[..count];
        CryptographicOperations.ZeroMemory(buffer);
        return body;
    }

    private static void Grow(ref byte[] buffer)
    {
        var larger = new byte[buffer.Length * 2];
        buffer.CopyTo(larger, 0);
        CryptographicOperations.ZeroMemory(buffer);
        buffer = larger;
    }

    private static Dictionary<string, string> Headers(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated)
            headers[name] = values.ToString();
        return headers;
    }

    private static Transient Unavailable(CloudRequest request, string why) =>
        new(FindingCodes.CloudUnavailable.Code, $"{request.Authority}: {FindingCodes.CloudUnavailable.Meaning} ({why})");
}
