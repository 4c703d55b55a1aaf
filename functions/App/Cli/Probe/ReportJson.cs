using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Certrelay.Watch.Probing;

namespace Certrelay.App.Cli.Probe;

/// <summary>Reports of the command line as JSON, in the shape that the API answers with; generated, because reflection costs a short run more than the probe.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EndpointReport))]
[JsonSerializable(typeof(InspectionReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Leaves names in other scripts as they are.</summary>
    public static ReportJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
