using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Http;

/// <summary>A file of the page, which lies in the assembly so that every edition and every form of publishing has it.</summary>
/// <param name="Path">Where it is served, without the leading slash; empty for the page itself.</param>
public sealed record PageFile(string Path, string ContentType, byte[] Bytes)
{
    private const string Folder = "wwwroot/";
    private const string First = "index.html";

    // Read when somebody first asks for the page, so that the start does not wait for it.
    private static readonly Lazy<FrozenDictionary<string, PageFile>> Files = new(() => Read().ToFrozenDictionary(static file => file.Path, StringComparer.Ordinal));

    /// <summary>Every file of the page.</summary>
    public static IReadOnlyList<PageFile> All => Files.Value.Values;

    /// <summary>Changes with the content.</summary>
    public string ETag { get; } = Convert.ToHexStringLower(SHA256.HashData(Bytes))[..16];

    /// <summary>The file of a path without its leading slash; null when there is none.</summary>
    public static PageFile? Find(string? path) => Files.Value.GetValueOrDefault(path ?? "");

    private static IEnumerable<PageFile> Read()
    {
        var assembly = typeof(PageFile).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            var path = resource[Folder.Length..];
            yield return new PageFile(path == First ? "" : path, TypeOf(path), ReadAll(assembly, resource));
        }
    }

    private static byte[] ReadAll(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string TypeOf(string path) => System.IO.Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"Nobody said what type {other} is."),
    };
}

/// <summary>A file of the page, or 304 for a browser that has it.</summary>
internal sealed class PageFileAnswer(PageFile file) : IResult, IStatusCodeHttpResult
{
    // Nothing inline, nothing from elsewhere, and no form that the browser itself would send.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    public int? StatusCode => StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, tag) = (httpContext.Response, ETags.Of(file.ETag));
        // Also with 304, whose headers replace those that the browser kept (RFC 9111 section 4.3.4).
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.CacheControl = "no-cache";
        response.Headers.ETag = tag;
        if (ETags.IsKnown(httpContext.Request, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = file.ContentType;
        response.ContentLength = file.Bytes.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
            await response.Body.WriteAsync(file.Bytes, httpContext.RequestAborted);
    }
}
