using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Huawei;

/// <summary>One call of Huawei Cloud before it is signed; the session disposes the body.</summary>
/// <param name="Service">The first label of the host: <c>elb</c>.</param>
/// <param name="Region">The second label; null for a service without regions.</param>
internal sealed record HuaweiCall(CloudAction Action, string Method, string Service, string? Region, IReadOnlyList<string> Path)
{
    public IReadOnlyList<CloudField> Query { get; init; } = [];

    /// <summary><c>X-Project-Id</c> for a service with regions, <c>X-Domain-Id</c> for one without; null where neither is wanted.</summary>
    public CloudField? Scope { get; init; }

    public CloudContent? Content { get; init; }

    /// <summary>What the call is about, as plans and journals show it.</summary>
    public string Resource { get; init; } = "";

    /// <summary>What a plan tells instead of sending it.</summary>
    public CloudWrite? Write { get; init; }

    /// <summary>A JSON body in which values may be private keys: they are written from bytes, and no copy stays behind.</summary>
    public static CloudContent Json(int size, Action<Utf8JsonWriter> write)
    {
        // Escaped PEM is hardly longer than PEM, but the writer asks for the worst; a buffer that grew would leave its old bytes behind.
        var buffer = new ArrayBufferWriter<byte>((6 * size) + 4096);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(writer);
        var content = new CloudContent("application/json", buffer.WrittenSpan.ToArray());
        buffer.Clear();
        return content;
    }
}
