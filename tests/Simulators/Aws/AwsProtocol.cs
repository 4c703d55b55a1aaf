using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Certrelay.Simulators.Aws;

/// <summary>How a service takes its parameters and words its refusals.</summary>
internal enum AwsProtocol
{
    Json,
    Query,
    RestXml,
}

/// <summary>Answers and refusals in each protocol's shape.</summary>
internal static class AwsAnswers
{
    private const string JsonType = "application/x-amz-json-1.1";

    /// <summary>An element that no client knows yet is in every answer.</summary>
    public const string Unknown = "SomethingNew";

    public static SimulatorAnswer Json(JsonObject body)
    {
        body[Unknown] = new JsonObject { ["Kind"] = "unknown to every client" };
        return WithId(SimulatorAnswer.Of(200, JsonType, body.ToJsonString()));
    }

    /// <summary>ACM answers some writes with no body at all.</summary>
    public static SimulatorAnswer Empty() => WithId(SimulatorAnswer.Of(200, JsonType, ""));

    /// <summary>The result of a Query action in its two wrappers.</summary>
    public static SimulatorAnswer Query(XNamespace space, string action, IEnumerable<XElement> result) => Xml(200, Named(space, new XElement(
        action + "Response",
        new XElement(action + "Result", result, new XElement(Unknown, "unknown to every client")),
        new XElement("ResponseMetadata", new XElement("RequestId", NewId())))));

    public static SimulatorAnswer Xml(int status, XElement root) =>
        WithId(SimulatorAnswer.Of(status, "text/xml", new XDeclaration("1.0", "UTF-8", null) + root.ToString(SaveOptions.DisableFormatting)));

    public static SimulatorAnswer Refusal(AwsService service, AwsFaultException fault) => service.Protocol == AwsProtocol.Json
        ? WithId(SimulatorAnswer.Of(fault.Status, JsonType, new JsonObject { ["__type"] = fault.Code, ["message"] = fault.Message }.ToJsonString()))
        : Xml(fault.Status, Named(service.Namespace, new XElement(
            "ErrorResponse",
            new XElement("Error", new XElement("Type", fault.Status < 500 ? "Sender" : "Receiver"), new XElement("Code", fault.Code), new XElement("Message", fault.Message)),
            new XElement("RequestId", NewId()))));

    /// <summary>The words that a protocol has for a caller who was not recognised.</summary>
    public static AwsFaultException Of(AuthenticationFaultException fault, AwsProtocol protocol) => protocol == AwsProtocol.Json
        ? new(fault.Fault switch
        {
            AuthenticationFault.MissingToken => "MissingAuthenticationTokenException",
            AuthenticationFault.Incomplete => "IncompleteSignatureException",
            AuthenticationFault.UnknownKey or AuthenticationFault.WrongToken => "UnrecognizedClientException",
            _ => "InvalidSignatureException",
        }, fault.Message)
        : fault.Fault switch
        {
            AuthenticationFault.MissingToken => new("MissingAuthenticationToken", fault.Message, 403),
            AuthenticationFault.Incomplete => new("IncompleteSignature", fault.Message),
            AuthenticationFault.UnknownKey or AuthenticationFault.WrongToken => new("InvalidClientTokenId", fault.Message, 403),
            AuthenticationFault.Skewed => new("RequestExpired", fault.Message),
            _ => new("SignatureDoesNotMatch", fault.Message, 403),
        };

    public static AwsFaultException Denied(AwsProtocol protocol, string action) => protocol == AwsProtocol.Json
        ? new("AccessDeniedException", $"User is not authorized to perform: {action}")
        : new("AccessDenied", $"User is not authorized to perform: {action}", 403);

    public static AwsFaultException Throttled(AwsProtocol protocol) => new(protocol == AwsProtocol.Json ? "ThrottlingException" : "Throttling", "Rate exceeded");

    /// <summary>The element with everything in it in one namespace.</summary>
    public static XElement Named(XNamespace space, XElement element)
    {
        foreach (var one in element.DescendantsAndSelf().Where(static one => one.Name.Namespace == XNamespace.None))
            one.Name = space + one.Name.LocalName;
        return element;
    }

    private static string NewId() => Guid.NewGuid().ToString();

    // AWS names no delay when it throttles, and an id with every answer.
    private static SimulatorAnswer WithId(SimulatorAnswer answer) => answer with
    {
        Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["x-amzn-RequestId"] = NewId() },
    };
}
