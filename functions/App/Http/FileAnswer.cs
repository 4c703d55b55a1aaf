using Certrelay.Certificates;
using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Http;

/// <summary>A file that may hold a key: its bytes are zeroed once they are sent, and nobody on the way may keep it.</summary>
internal sealed class FileAnswer(ExportedFile file, string etag, string? drawnPassphrase) : IResult, IStatusCodeHttpResult
{
    /// <summary>What protects a keystore: the caller's own in the request, or the drawn one in the answer.</summary>
    public const string PassphraseHeader = "Certrelay-Passphrase";

    public int? StatusCode => StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using (file)
        {
            var response = httpContext.Response;
            response.ContentType = file.MediaType;
            response.ContentLength = file.Bytes.Length;
            response.Headers.ContentDisposition = $"attachment; filename=\"{file.Name}\"";
            response.Headers.ETag = ETags.Weak(etag);
            if (drawnPassphrase is not null)
                response.Headers[PassphraseHeader] = drawnPassphrase;
            await response.Body.WriteAsync(file.Bytes, httpContext.RequestAborted);
        }
    }
}

/// <summary>304 for what the caller has already.</summary>
internal sealed class NotModifiedAnswer(string etag) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => StatusCodes.Status304NotModified;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
        httpContext.Response.Headers.ETag = ETags.Weak(etag);
        return Task.CompletedTask;
    }
}
