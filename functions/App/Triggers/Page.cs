using Certrelay.App.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>Every path that no other function takes: the first page, and refusals in the API's own form.</summary>
public sealed class Page(HttpOperations operations)
{
    private const string First = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <title>Certrelay</title>
        <h1>Certrelay</h1>
        <p>This host deploys TLS certificates. Its calls are described in <a href="/api/openapi.json">/api/openapi.json</a>.</p>
        </html>
        """;

    [Function("Page"), Requires(Permission.None)]
    public IResult Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "{*path}")]
        HttpRequest request, string? path)
    {
        if (string.IsNullOrEmpty(path) && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)))
            return TypedResults.Content(First, "text/html; charset=utf-8");
        var allowed = string.IsNullOrEmpty(path) ? ["GET", "HEAD"] : operations.MethodsOf(request.Path);
        throw allowed.Count == 0
            ? new ProblemException(ProblemCodes.RouteUnknown)
            : new ProblemException(ProblemCodes.RouteMethod) { Allow = string.Join(", ", allowed) };
    }
}
