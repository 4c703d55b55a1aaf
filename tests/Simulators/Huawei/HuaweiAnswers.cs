using System.Text;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Huawei;

/// <summary>A call that Huawei Cloud refuses, in the error shape of the service that it was made to.</summary>
internal sealed class HuaweiRefusal(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;
}

/// <summary>The shapes of answers and errors, and the codes that stand for no product.</summary>
internal static class HuaweiAnswers
{
    public const string Unauthorized = "APIGW.0301";
    public const string Throttled = "APIGW.0308";
    public const string NoSuchApi = "APIGW.0101";

    private const string Json = "application/json;charset=UTF-8";

    /// <summary>An answer with a body, to which a field is added that no client knows.</summary>
    public static SimulatorAnswer Ok(JsonObject body, int status = 200)
    {
        body["simulated_field"] = new JsonObject { ["note"] = "No client knows this field." };
        return With(SimulatorAnswer.Of(status, Json, body.ToJsonString()));
    }

    public static SimulatorAnswer NoContent() => With(new SimulatorAnswer(204, Json, []));

    /// <summary>An error of a service; those of the gateway have the same shape everywhere.</summary>
    public static SimulatorAnswer Error(string action, HuaweiRefusal refusal)
    {
        var id = RequestId();
        JsonObject body = refusal.Code.StartsWith("APIGW.", StringComparison.Ordinal) ? Flat() : action.Split('.')[0] switch
        {
            "cdn" => new JsonObject { ["error"] = new JsonObject { ["error_code"] = refusal.Code, ["error_msg"] = refusal.Message } },
            "iam" => new JsonObject
            {
                ["error"] = new JsonObject { ["code"] = refusal.Status, ["message"] = refusal.Message, ["title"] = refusal.Code },
            },
            _ => Flat(),
        };
        return With(SimulatorAnswer.Of(refusal.Status, Json, body.ToJsonString()), id);

        JsonObject Flat() => new() { ["error_msg"] = refusal.Message, ["error_code"] = refusal.Code, ["request_id"] = id };
    }

    public static SimulatorAnswer ServerError() =>
        With(SimulatorAnswer.Of(500, "text/html", "<html><body><h1>500 Internal Server Error</h1></body></html>"));

    /// <summary>The parsed body: an object; an empty body is an empty one.</summary>
    public static JsonObject Body(SimulatorRequest request, string badParameter)
    {
        if (request.Body.Length == 0)
            return [];
        if (request.Header("content-type")?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
            throw new HuaweiRefusal(400, badParameter, "The content type is not application/json.");
        try
        {
            return JsonNode.Parse(Encoding.UTF8.GetString(request.Body)) as JsonObject ?? throw new HuaweiRefusal(400, badParameter, "The body is no object.");
        }
        catch (System.Text.Json.JsonException)
        {
            throw new HuaweiRefusal(400, badParameter, "The body is no JSON.");
        }
    }

    private static string RequestId() => Guid.NewGuid().ToString("N");

    private static SimulatorAnswer With(SimulatorAnswer answer, string? id = null) =>
        answer with { Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["X-Request-Id"] = id ?? RequestId() } };
}
