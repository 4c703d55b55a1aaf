using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Watch.Probing;

namespace Certrelay.App.Cli.Probe;

/// <summary>
/// Reports of the command line as JSON, in the shape that the API answers with. The code that writes them is generated, and no metadata beside it: to build those at run time is most
/// of what the first report costs.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EndpointReport))]
[JsonSerializable(typeof(InspectionReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    // Leaves names in other scripts as they are.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One line without its end.</summary>
    public static string Write(EndpointReport report) => Write(report, Default.EndpointReport);

    /// <summary>One line without its end.</summary>
    public static string Write(InspectionReport report) => Write(report, Default.InspectionReport);

    private static string Write<T>(T report, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Readable))
            type.SerializeHandler!(writer, report);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
