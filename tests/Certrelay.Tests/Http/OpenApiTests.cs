using System.Text.Json.Nodes;
using Certrelay.App.Http;
using Certrelay.App.Http.OpenApi;
using Certrelay.App.Triggers;
using Certrelay.Records;

namespace Certrelay.Tests.Http;

public sealed class OpenApiTests : IAsyncLifetime
{
    private static readonly Type[] Functions =
        [typeof(Certrelay.App.Triggers.Tokens), typeof(Audit), typeof(Health), typeof(Certrelay.App.Triggers.OpenApi), typeof(Certrelay.App.Triggers.Page)];

    private EdgeServer _server = null!;
    private JsonObject _document = null!;
    private string _admin = "";

    /// <summary>One successful call of each operation; <c>{id}</c> stands for a token that exists.</summary>
    public static TheoryData<string, string, string, string?, int> Calls() => new()
    {
        { "CreateToken", "POST", "/api/tokens", """{"description":"a","roles":["viewer"],"scope":["prod-*"],"expires":"2099-01-01T00:00:00Z"}""", 201 },
        { "ListTokens", "GET", "/api/tokens?limit=1", null, 200 },
        { "GetToken", "GET", "/api/tokens/{id}", null, 200 },
        { "RevokeToken", "DELETE", "/api/tokens/{id}?reason=x", null, 204 },
        { "ListAudit", "GET", "/api/audit", null, 200 },
        { "ListAudit", "GET", "/api/audit?format=ndjson&limit=1", null, 200 },
        { "VerifyAudit", "GET", "/api/audit/verify", null, 200 },
        { "GetHealth", "GET", "/healthz", null, 200 },
        { "GetStatus", "GET", "/api/status", null, 200 },
        { "GetOpenApi", "GET", "/api/openapi.json", null, 200 },
    };

    /// <summary>One refusal for each status that the document tells of these calls.</summary>
    public static TheoryData<string, string, string, string?, int> Refusals() => new()
    {
        { "CreateToken", "POST", "/api/tokens", "{}", 400 },
        { "CreateToken", "POST", "/api/tokens?x=1", "{}", 400 },
        { "GetToken", "GET", "/api/tokens/unknown", null, 404 },
        { "RevokeToken", "DELETE", "/api/tokens/{id}", null, 400 },
        { "ListAudit", "GET", "/api/audit?from=x", null, 400 },
    };

    public async Task InitializeAsync()
    {
        _server = await EdgeServer.StartAsync(Functions);
        _admin = await _server.TokenAsync(Role.Admin);
        _document = (await _server.GetAsync("/api/openapi.json")).Json.AsObject();
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Theory]
    [MemberData(nameof(Calls))]
    [MemberData(nameof(Refusals))]
    public async Task An_answer_is_as_documented(string operation, string method, string path, string? body, int status)
    {
        var id = (await _server.Tokens.IssueAsync("t", [Role.Viewer], ["prod-a"], null, "test", default)).Id;
        await _server.SendAsync("DELETE", $"/api/tokens/{id}?reason=rows", _admin);
        if (body is not null && status < 300)
            Assert.Empty(SchemaCheck.Faults(JsonNode.Parse(body), Documented(operation)["requestBody"]!["content"]!["application/json"]!["schema"]!, _document));

        var reply = await _server.SendAsync(method, path.Replace("{id}", id, StringComparison.Ordinal), _admin, body);

        Assert.Equal(status, reply.Status);
        var response = Documented(operation)["responses"]![$"{status}"]!;
        if (response["content"] is not { } content)
        {
            Assert.Empty(reply.Body);
            return;
        }

        var schema = content[reply.ContentType!]!["schema"]!;
        var values = reply.ContentType == "application/x-ndjson" ? reply.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [reply.Body];
        Assert.NotEmpty(values);
        Assert.All(values, value => Assert.Empty(SchemaCheck.Faults(JsonNode.Parse(value), schema, _document)));
        Assert.Equal(response["headers"]?["ETag"] is not null, reply.Headers.ContainsKey("ETag"));
    }

    [Fact]
    public void Every_operation_has_a_call_above() =>
        Assert.Equal(Operations().Select(operation => (string)operation["operationId"]!).Order(), Calls().Select(row => (string)row[0]).Distinct().Order());

    [Fact]
    public void Every_operation_is_described_with_its_permission_parameters_and_refusals()
    {
        Assert.All(Operations(), operation =>
        {
            Assert.False(string.IsNullOrEmpty((string?)operation["summary"]), $"{operation["operationId"]} has no [Description].");
            Assert.NotNull(operation["responses"]!["default"]);
            Assert.Contains(operation["responses"]!.AsObject(), response => response.Key[0] == '2');
            Assert.Equal((string)operation["x-permission"]! == "none", operation["security"]!.AsArray().Count == 0);
        });

        var revoke = Documented("RevokeToken");
        Assert.Equal(["id", "reason", "If-Match"], revoke["parameters"]!.AsArray().Select(parameter => (string)parameter!["name"]!));
        Assert.Equal(["204", "400", "401", "403", "404", "412", "default"], revoke["responses"]!.AsObject().Select(response => response.Key));
        Assert.False(_document["paths"]!.AsObject().ContainsKey("/{*path}"));
    }

    [Fact]
    public void What_annotations_demand_stands_in_the_schema()
    {
        var request = _document["components"]!["schemas"]!["TokenRequest"]!;

        Assert.Equal(200, (int)request["properties"]!["description"]!["maxLength"]!);
        Assert.Equal(1, (int)request["properties"]!["roles"]!["minItems"]!);
        Assert.Equal("""["description","roles"]""", request["required"]!.ToJsonString());
        Assert.False((bool)request["additionalProperties"]!);
        Assert.Equal("""["viewer","operator","deployer","exporter","auditor","admin"]""", request["properties"]!["roles"]!["items"]!["enum"]!.ToJsonString());
    }

    [Fact]
    public void Bodies_conditions_and_keys_are_documented()
    {
        var document = OpenApiDocument.Of(new HttpOperations(typeof(EdgeFunctions).GetMethods()).All, "1");

        var write = document["paths"]!["/api/notes/{name}"]!["put"]!;
        Assert.Contains(write["parameters"]!.AsArray(), parameter => (string)parameter!["name"]! == "If-Match" && (bool)parameter["required"]!);
        Assert.NotNull(write["responses"]!["428"]);
        var create = document["paths"]!["/api/notes"]!["post"]!;
        Assert.Contains(create["parameters"]!.AsArray(), parameter => (string)parameter!["name"]! == "Idempotency-Key");
        var echo = document["paths"]!["/api/echo"]!["post"]!["requestBody"]!["content"]!;
        Assert.Equal("binary", (string)echo["application/x-pem-file"]!["schema"]!["format"]!);
        Assert.Equal("#/components/schemas/Note", (string)echo["application/json"]!["schema"]!["$ref"]!);
    }

    [Fact]
    public void The_check_sees_what_does_not_fit()
    {
        var schema = JsonNode.Parse("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"enum":["x"]}},"required":["a"]}""")!;

        Assert.Empty(SchemaCheck.Faults(JsonNode.Parse("""{"a":1,"b":"x"}"""), schema, []));
        Assert.Equal(
            ["/a: is missing", "/b: \"y\" is none of [\"x\"]", "/c: is not documented"], SchemaCheck.Faults(JsonNode.Parse("""{"b":"y","c":1}"""), schema, []));
        Assert.Equal(["/a: 1.5 is not \"integer\""], SchemaCheck.Faults(JsonNode.Parse("""{"a":1.5}"""), schema, []));
    }

    private IEnumerable<JsonObject> Operations() =>
        _document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(method => method.Value!.AsObject());

    private JsonObject Documented(string operation) => Operations().Single(one => (string)one["operationId"]! == operation);
}
