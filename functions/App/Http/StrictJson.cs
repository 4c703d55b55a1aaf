using System.Text.Json;

namespace Certrelay.App.Http;

/// <summary>Reads a body as JSON of a type, held to its shape and to the annotations of its properties, and reports all faults at once.</summary>
internal static class StrictJson
{
    /// <summary>
    /// The value; throws <see cref="ProblemException"/> (<c>body.missing</c>, <c>body.malformed</c>, <c>body.invalid</c> with the faults).
    /// </summary>
    public static T Read<T>(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            throw new ProblemException(ProblemCodes.BodyMissing);
        var type = EdgeJson.Reading.GetTypeInfo(typeof(T));
        var faults = new List<RequestFault>();
        using (var document = Parse(body))
            JsonShape.Check(document.RootElement, type, "", faults);
        if (faults.Count > 0)
            throw Invalid(faults);

        T value;
        try
        {
            value = (T)JsonSerializer.Deserialize(body.Span, type)!;
        }
        catch (JsonException)
        {
            throw Invalid([new RequestFault("", "cannot be read")]);
        }

        Annotations.Check(value, type, "", faults);
        return faults.Count == 0 ? value : throw Invalid(faults);
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = EdgeJson.Reading.MaxDepth });
        }
        catch (JsonException fault)
        {
            // The parser's own words may quote the body, which may be a key.
            throw new ProblemException(ProblemCodes.BodyMalformed, $"Line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1} is not JSON.");
        }
    }

    private static ProblemException Invalid(List<RequestFault> faults) => new(
        ProblemCodes.BodyInvalid, faults is [var one] ? Sentence(one) : $"The body has {faults.Count} faults.")
    { Faults = faults };

    private static string Sentence(RequestFault fault) => $"{(fault.At.Length == 0 ? "The body" : fault.At)}: {fault.Detail}.";
}
