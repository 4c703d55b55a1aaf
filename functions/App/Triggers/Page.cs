using Certrelay.App.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>Every path that no other function takes: the page with its files, and refusals in the API's own form.</summary>
public sealed class Page(HttpOperations operations)
{
    [Function("Page"), Requires(Permission.None)]
    public IResult Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "put", "patch", "delete", "options", Route = "{*path}")]
        HttpRequest request, string? path)
    {
        var file = PageFile.Find(path);
        if (file is not null && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)))
            return new PageFileAnswer(file);
        var allowed = file is not null ? ["GET", "HEAD"] : operations.MethodsOf(request.Path);
        throw allowed.Count == 0
            ? new ProblemException(ProblemCodes.RouteUnknown)
            : new ProblemException(ProblemCodes.RouteMethod) { Allow = string.Join(", ", allowed) };
    }
}
