using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Kubernetes;

/// <summary>A refusal as a cluster's API words it: <c>Status</c>, meta/v1.</summary>
internal sealed class ClusterFault(int code, string reason, string message, JsonArray? causes = null) : Exception(message)
{
    public string Reason { get; } = reason;

    public SimulatorAnswer Answer => SimulatorAnswer.Of(code, "application/json", new JsonObject
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = Message,
        ["reason"] = Reason,
        ["details"] = new JsonObject { ["causes"] = causes?.DeepClone() ?? new JsonArray() },
        ["code"] = code,
    }.ToJsonString());

    public static ClusterFault NotFound(string resource, string name) => new(404, "NotFound", $"{resource} \"{name}\" not found");

    public static ClusterFault Invalid(string message) => new(422, "Invalid", message);

    public static ClusterFault BadRequest(string message) => new(400, "BadRequest", message);

    public static ClusterFault MediaType(string given) => new(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types do not include {given}");
}
