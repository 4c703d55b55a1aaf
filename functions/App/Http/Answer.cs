using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Http;

/// <summary>What functions answer with.</summary>
public static class Answer
{
    /// <summary>200 with JSON; with a record's ETag a GET that knows it already is answered 304.</summary>
    public static IResult Ok<T>(T value, string? etag = null) => new JsonAnswer<T>(StatusCodes.Status200OK, value, etag);

    /// <summary>
    /// 200 with JSON under an ETag of that JSON, behind the ETag of <paramref name="record"/> where If-Match guards one; a GET that knows it already is answered 304.
    /// </summary>
    public static IResult OkByContent<T>(T value, string? record = null) => new JsonAnswer<T>(StatusCodes.Status200OK, value, record, byContent: true);

    /// <summary>201 with JSON, where the new thing is, and the ETag under which <see cref="OkByContent{T}"/> shows it.</summary>
    public static IResult CreatedByContent<T>(string location, T value, string record) => new JsonAnswer<T>(StatusCodes.Status201Created, value, record, location, byContent: true);

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

    /// <summary>304 with the ETag, for a read whose answer the caller has.</summary>
    public static IResult NotModified(string etag) => new NotModifiedAnswer(etag);

    /// <summary>A page of a listing, with a link to the next one (RFC 8288).</summary>
    public static IResult Page<T>(PageOf<T> page) => new PageAnswer<T>(page);

    /// <summary>One line of JSON for each item (NDJSON), written as they are read.</summary>
    public static IResult Lines<T>(IAsyncEnumerable<T> items) => new StreamedAnswer("application/x-ndjson", items.Select(static item => (byte[])[.. Bytes(item), (byte)'\n']));

    /// <summary>All items in one JSON object, as a page without a next one, written as they are read.</summary>
    public static IResult Items<T>(IAsyncEnumerable<T> items) => new StreamedAnswer(
        "application/json",
        items.Select(static (item, index) => (byte[])[.. index == 0 ? "{\"items\":["u8 : ","u8, .. Bytes(item)]).DefaultIfEmpty("{\"items\":["u8.ToArray()).Append("]}"u8.ToArray()));

    /// <summary>Comma-separated values (<see cref="CsvText"/>) as a file of a name, written as they are read; the first row names the columns.</summary>
    public static IResult Csv(string file, IAsyncEnumerable<string> rows) => new StreamedAnswer("text/csv", rows.Select(Encoding.UTF8.GetBytes), file);

    private static byte[] Bytes<T>(T item) => JsonSerializer.SerializeToUtf8Bytes(item, EdgeJson.Options);
}

/// <summary>JSON with its length known, so that nothing of a value that cannot be written is sent.</summary>
internal class JsonAnswer<T>(int status, T value, string? etag, string? location = null, bool byContent = false) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => status;

    public virtual async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, EdgeJson.Options);
        if (location is not null)
            response.Headers.Location = location;
        if (ETag(bytes) is { } known)
        {
            var tag = ETags.Of(known);
            response.Headers.ETag = tag;
            if (ETags.IsKnown(httpContext.Request, tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }

    private string? ETag(byte[] bytes) => (byContent, etag) switch
    {
        (true, null) => ETags.OfContent(bytes),
        (true, { } record) => ETags.Joined(record, bytes),
        _ => etag,
    };
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

/// <summary>An answer of unknown length in parts, which are sent some kilobytes at a time.</summary>
internal sealed class StreamedAnswer(string contentType, IAsyncEnumerable<byte[]> parts, string? file = null) : IResult, IStatusCodeHttpResult
{
    private const int SentAtOnce = 16 * 1024;

    public int? StatusCode => StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, aborted) = (httpContext.Response, httpContext.RequestAborted);
        response.ContentType = contentType;
        if (file is not null)
            response.Headers.ContentDisposition = $"attachment; filename=\"{file}\"";
        // What is not yet sent is dropped by a fault, which can then still be told.
        var buffer = new ArrayBufferWriter<byte>(SentAtOnce);
        await foreach (var part in parts.WithCancellation(aborted))
        {
            buffer.Write(part);
            if (buffer.WrittenCount < SentAtOnce)
                continue;
            await response.Body.WriteAsync(buffer.WrittenMemory, aborted);
            buffer.ResetWrittenCount();
        }

        await response.Body.WriteAsync(buffer.WrittenMemory, aborted);
    }
}
