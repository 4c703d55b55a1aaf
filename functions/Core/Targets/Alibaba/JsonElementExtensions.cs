using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Certrelay.Targets.Alibaba;

/// <summary>Reads single values of an answer. What is not asked for is never copied: some answers hold private keys.</summary>
internal static class JsonElementExtensions
{
    extension(JsonElement element)
    {
        /// <summary>The value at a path of names and indices, <c>CertInfos.CertInfo.0</c>; null where there is none.</summary>
        public JsonElement? At(string path)
        {
            var found = element;
            foreach (var part in path.Split('.'))
            {
                if (found.ValueKind == JsonValueKind.Object && found.TryGetProperty(part, out var inner))
                    found = inner;
                else if (found.ValueKind == JsonValueKind.Array && int.TryParse(part, out var index) && index < found.GetArrayLength())
                    found = found[index];
                else
                    return null;
            }

            return found.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : found;
        }

        /// <summary>A string, number or truth value as text; null where there is none.</summary>
        public string? Text(string path) => element.At(path) switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } other => other.GetRawText(),
            _ => null,
        };

        /// <summary>A string's bytes, unescaped, which the caller must zero: for what must never become a string; null where there is none.</summary>
        public byte[]? Utf8(string path)
        {
            if (element.At(path) is not { ValueKind: JsonValueKind.String } text)
                return null;
            var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(text));
            reader.Read();
            var buffer = new byte[reader.ValueSpan.Length];
            var bytes = buffer[..reader.CopyString(buffer)];
            CryptographicOperations.ZeroMemory(buffer);
            return bytes;
        }

        /// <summary>A whole number; 0 where there is none.</summary>
        public long Number(string path) => long.TryParse(element.Text(path), out var number) ? number : 0;

        /// <summary>The parts of a list; none where there is no list.</summary>
        public IEnumerable<JsonElement> List(string path) => element.At(path) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
    }
}
