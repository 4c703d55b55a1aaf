using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Http;

/// <summary>What functions answer with.</summary>
public static class Answer
{
    /// <summary>200 with JSON; with a record's ETag a GET that knows it already is answered 304.</summary>
    public static IResult Ok<T>(T value, string? etag = null) => new JsonAnswer<T>(StatusCodes.Status200OK, value, etag);

    /// <summary>201 with JSON and where the new thing is.</summary>
    public static IResult Created<T>(string location, T value, string? etag = null) =>
        new JsonAnswer<T>(StatusCodes.Status201Created, value, etag, location);

    /// <summary>202 with JSON and where the work can be followed.</summary>
    public static IResult Accepted<T>(string location, T value, string? etag = null) =>
        new JsonAnswer<T>(StatusCodes.Status202Accepted, value, etag, location);

    /// <summary>JSON with another status.</summary>
    public static IResult Json<T>(int status, T value) => new JsonAnswer<T>(status, value, etag: null);

    /// <summary>204.</summary>
    public static IResult NoContent() => TypedResults.NoContent();

    /// <summary>A page of a listing, with a link to the next one (RFC 8288).</summary>
    public static IResult Page<T>(PageOf<T> page) => new PageAnswer<T>(page);

    /// <summary>One line of JSON for each item (NDJSON), written as they are read.</summary>
    public static IResult Lines<T>(IAsyncEnumerable<T> items) => new LinesAnswer<T>(items);
}

/// <summary>JSON with its length known, so that nothing of a value that cannot be written is sent.</summary>
internal class JsonAnswer<T>(int status, T value, string? etag, string? location = null) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => status;

    public virtual async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        if (location is not null)
            response.Headers.Location = location;
        if (etag is not null)
        {
            var tag = ETags.Of(etag);
            response.Headers.ETag = tag;
            if (ETags.IsKnown(httpContext.Request, tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, EdgeJson.Options);
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }
}

internal sealed class PageAnswer<T>(PageOf<T> page) : JsonAnswer<PageOf<T>>(StatusCodes.Status200OK, page, etag: null)
{
    private readonly string? _next = page.Next;

    public override Task ExecuteAsync(HttpContext httpContext)
    {
        if (_next is not null)
        {
            var request = httpContext.Request;
            var query = request.Query.Where(static pair => pair.Key != PageRequest.AfterName)
                .SelectMany(static pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value)))
                .Append(KeyValuePair.Create(PageRequest.AfterName, (string?)_next));
            httpContext.Response.Headers.Link = $"<{request.PathBase}{request.Path}{QueryString.Create(query)}>; rel=\"next\"";
        }

        return base.ExecuteAsync(httpContext);
    }
}

internal sealed class LinesAnswer<T>(IAsyncEnumerable<T> items) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/x-ndjson";
        await foreach (var item in items.WithCancellation(httpContext.RequestAborted))
        {
            await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(item, EdgeJson.Options), httpContext.RequestAborted);
            await response.Body.WriteAsync("\n"u8.ToArray(), httpContext.RequestAborted);
        }
    }
}
