using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.App.Http.OpenApi;

/// <summary>The API as an OpenAPI 3.1 document, made of what the functions declare.</summary>
public static class OpenApiDocument
{
    /// <summary>The document of the operations; the catch-all is left out.</summary>
    public static JsonObject Of(IEnumerable<HttpOperation> operations, string version)
    {
        var schemas = new OpenApiSchemas();
        var paths = new JsonObject();
        var documented = operations.Where(static operation => !operation.IsCatchAll)
            .OrderBy(static operation => operation.Route, StringComparer.Ordinal);
        foreach (var operation in documented)
        {
            var path = $"/{operation.Route}";
            if (paths[path] is not JsonObject item)
                paths[path] = item = [];
            // HEAD is GET without its body: it is not documented twice.
            foreach (var method in operation.Methods.Where(static method => method != "HEAD"))
                item[method.ToLowerInvariant()] = Operation(operation, method, schemas);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Certrelay",
                ["version"] = version,
                ["description"] = "Deploys TLS certificates and sees to it that they are served. Refusals are problem details (RFC 9457).",
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } },
                ["schemas"] = schemas.ToJson(),
            },
        };
    }

    private static JsonObject Operation(HttpOperation operation, string method, OpenApiSchemas schemas)
    {
        var json = new JsonObject
        {
            ["operationId"] = operation.Name,
            ["summary"] = operation.Description,
            ["tags"] = new JsonArray(operation.Route.Split('/') is ["api", var tag, ..] ? tag.Split('.')[0] : "host"),
            ["x-permission"] = operation.Permission.ToString().ToLowerInvariant(),
            ["security"] = operation.Permission is Permission.None ? [] : new JsonArray(new JsonObject { ["token"] = new JsonArray() }),
            ["parameters"] = new JsonArray([.. Parameters(operation, method)]),
        };
        if (operation.Takes.Count > 0)
        {
            json["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject(operation.Takes.Select(takes => Content(
                    takes.ContentType, takes.Type is { } type ? schemas.Request(type) : OpenApiSchemas.Bytes()))),
            };
        }

        json["responses"] = Responses(operation, method, schemas);
        return json;
    }

    private static IEnumerable<JsonNode> Parameters(HttpOperation operation, string method)
    {
        foreach (var name in operation.RouteNames)
            yield return Parameter("path", name, null, OpenApiSchemas.Text(), required: true);
        foreach (var query in operation.Queries)
            yield return Parameter("query", query.Name, query.Description, SchemaOf(query));
        if (operation.Paged)
        {
            var limit = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = PageRequest.LargestLimit };
            yield return Parameter("query", PageRequest.LimitName, "How many items at most.", limit);
            yield return Parameter("query", PageRequest.AfterName, "The next of the page before.", OpenApiSchemas.Text());
        }

        if (operation.Audited is { } audited)
        {
            var said = audited.Reason ? "Why: demanded here or as the field reason of a JSON body." : "Why: for the audit trail.";
            yield return Parameter("query", CallReason.Name, said, OpenApiSchemas.Text());
        }

        if (operation.IfMatch is { } condition)
            yield return Parameter("header", "If-Match", "The ETag of the state to be changed.", OpenApiSchemas.Text(), !condition.Optional);
        if (operation.Idempotent)
            yield return Parameter("header", Idempotency.Header, "Calls under one key get the first answer, for 24 hours.", OpenApiSchemas.Text());
        if (method == "GET" && operation.Answers.Any(static answer => answer.ETag))
            yield return Parameter("header", "If-None-Match", "The ETag of what the caller has.", OpenApiSchemas.Text());
    }

    private static JsonNode SchemaOf(QueryAttribute query) => query.Many
        ? new JsonObject { ["type"] = "array", ["items"] = OpenApiSchemas.Plain(query.Type) }
        : OpenApiSchemas.Plain(query.Type);

    private static JsonObject Parameter(string place, string name, string? description, JsonNode schema, bool required = false)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place, ["required"] = required, ["schema"] = schema };
        if (description is not null)
            parameter["description"] = description;
        return parameter;
    }

    private static JsonObject Responses(HttpOperation operation, string method, OpenApiSchemas schemas)
    {
        var responses = new JsonObject();
        foreach (var status in operation.Answers.GroupBy(static answer => answer.Status))
        {
            var response = new JsonObject { ["description"] = DescriptionOf(status.Key) };
            if (status.Any(static answer => answer.Type is not null))
            {
                response["content"] = new JsonObject(status.Where(static answer => answer.Type is not null)
                    .Select(answer => Content(answer.ContentType, answer.Type == typeof(string) ? OpenApiSchemas.Text() : answer.Type == typeof(byte[]) ? OpenApiSchemas.Bytes() : schemas.Response(answer.Type!))));
            }

            if (status.Any(static answer => answer.ETag))
                response["headers"] = new JsonObject { ["ETag"] = new JsonObject { ["schema"] = OpenApiSchemas.Text() } };
            responses[status.Key.ToString(CultureInfo.InvariantCulture)] = response;
        }

        if (method == "GET" && operation.Answers.Any(static answer => answer.ETag))
            responses["304"] = new JsonObject { ["description"] = DescriptionOf(304) };
        foreach (var status in Refusals(operation).Distinct().Order())
            responses[status.ToString(CultureInfo.InvariantCulture)] ??= ProblemResponse(DescriptionOf(status), schemas);
        responses["default"] = ProblemResponse("Any other refusal", schemas);
        return responses;
    }

    private static IEnumerable<int> Refusals(HttpOperation operation)
    {
        yield return 400;
        if (operation.Permission is not Permission.None)
        {
            yield return 401;
            yield return 403;
        }

        if (operation.RouteNames.Any())
            yield return 404;
        if (operation.Takes.Count > 0)
        {
            yield return 408;
            yield return 413;
            yield return 415;
        }

        if (operation.IfMatch is { } condition)
        {
            yield return 412;
            if (!condition.Optional)
                yield return 428;
        }

        if (operation.Idempotent)
        {
            yield return 409;
            yield return 422;
        }
    }

    private static JsonObject ProblemResponse(string description, OpenApiSchemas schemas) => new()
    {
        ["description"] = description,
        ["content"] = new JsonObject([Content("application/problem+json", schemas.Response(typeof(Problem)))]),
    };

    private static KeyValuePair<string, JsonNode?> Content(string type, JsonNode schema) => new(type, new JsonObject { ["schema"] = schema });

    private static string DescriptionOf(int status) => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);
}
