using System.ComponentModel;
using System.Text.Json.Nodes;
using Certrelay.App.Http;
using Certrelay.App.Http.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>The description of the API, made of the functions themselves.</summary>
public sealed class OpenApi(HttpOperations operations)
{
    [Function("GetOpenApi"), Requires(Permission.None), Answers(200, typeof(JsonObject))]
    [Description("Describes the API (OpenAPI 3.1).")]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/openapi.json")] HttpRequest request) =>
        Answer.Ok(OpenApiDocument.Of(operations.All, typeof(OpenApi).Assembly.GetName().Version!.ToString(3)));
}
