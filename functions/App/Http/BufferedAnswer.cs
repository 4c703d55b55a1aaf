using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Http;

/// <summary>An answer written into memory: what is kept for a repeated call is exactly what is sent.</summary>
internal sealed class BufferedAnswer(int status, string? contentType, string? location, string? etag, byte[] body) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => status;

    public string? ContentType => contentType;

    public string? Location => location;

    public string? ETag => etag;

    public byte[] Body => body;

    /// <summary>Writes an answer aside; its other headers stay on the response.</summary>
    public static async Task<BufferedAnswer> OfAsync(IResult answer, HttpContext context)
    {
        var response = context.Response;
        var (original, aborted) = (response.Body, context.RequestAborted);
        using var buffer = new MemoryStream();
        response.Body = buffer;
        // What was done is kept for the repeated call although nobody waits for this answer any more.
        context.RequestAborted = CancellationToken.None;
        try
        {
            await answer.ExecuteAsync(context);
        }
        finally
        {
            (response.Body, context.RequestAborted) = (original, aborted);
        }

        return new BufferedAnswer(response.StatusCode, response.ContentType, response.Headers.Location, response.Headers.ETag, buffer.ToArray());
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        if (location is not null)
            response.Headers.Location = location;
        if (etag is not null)
            response.Headers.ETag = etag;
        if (body.Length > 0)
        {
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, httpContext.RequestAborted);
        }
    }
}
