using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Certrelay.Targets.Alibaba;

/// <summary>Members of a JSON object as they came, byte for byte, for calls that reset what is left out.</summary>
internal static class JsonMembers
{
    /// <summary>Every member that is not null and not named, each with a comma behind it.</summary>
    public static byte[] Of(JsonElement map, IReadOnlyCollection<string> but)
    {
        var all = new List<byte>();
        foreach (var member in map.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null && !but.Contains(member.Name)))
        {
            all.AddRange(JsonSerializedName(member.Name));
            all.Add((byte)':');
            all.AddRange(JsonMarshal.GetRawUtf8Value(member.Value));
            all.Add((byte)',');
        }

        return [.. all];
    }

    /// <summary>A text in quotes.</summary>
    public static string Text(string text) => $"\"{JavaScriptEncoder.Default.Encode(text)}\"";

    private static byte[] JsonSerializedName(string name) => System.Text.Encoding.UTF8.GetBytes(Text(name));
}
