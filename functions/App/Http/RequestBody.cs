using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Certrelay.App.Http;

/// <summary>A request's body, read whole within the limits; it may hold a private key, so every buffer of it is zeroed.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstBuffer = 16 * 1024;

    private byte[] _buffer;
    private int _length;

    private RequestBody(byte[] buffer) => _buffer = buffer;

    public static RequestBody None { get; } = new([]);

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>True when a body may follow the headers.</summary>
    public static bool IsAnnounced(HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };

    /// <summary>Reads the body; throws <see cref="ProblemException"/> (<c>body.too-large</c>, <c>body.too-slow</c>).</summary>
    public static async Task<RequestBody> ReadAsync(HttpRequest request, EdgeOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (request.ContentLength > options.BodyLimit)
            throw TooLarge(options);
        using var late = new CancellationTokenSource(options.BodyTimeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var body = new RequestBody(new byte[request.ContentLength is { } length ? (int)length + 1 : FirstBuffer]);
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(body._buffer.AsMemory(body._length), end.Token)) > 0)
            {
                body._length += read;
                if (body._length > options.BodyLimit)
                    throw TooLarge(options);
                body.Grow();
            }

            return body;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            body.Dispose();
            throw new ProblemException(ProblemCodes.BodyTooSlow, $"The body took longer than {options.BodyTimeout.TotalSeconds:0.#} s.");
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_buffer);
        _length = 0;
    }

    private static ProblemException TooLarge(EdgeOptions options) => new(ProblemCodes.BodyTooLarge, $"At most {options.BodyLimit} bytes are taken.");

    private void Grow()
    {
        if (_length < _buffer.Length)
            return;
        var larger = new byte[_buffer.Length * 2];
        _buffer.CopyTo(larger, 0);
        CryptographicOperations.ZeroMemory(_buffer);
        _buffer = larger;
    }
}
