using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>Texts with the placeholders <c>{{id}}</c>, <c>{{title}}</c>, <c>{{text}}</c>, <c>{{owner}}</c>, <c>{{level}}</c>, <c>{{count}}</c> and <c>{{time}}</c>.</summary>
internal static partial class Template
{
    private static readonly string[] Known = ["id", "title", "text", "owner", "level", "count", "time"];

    /// <summary>The placeholders of a text that mean nothing.</summary>
    public static IEnumerable<string> UnknownIn(string text) =>
        Placeholder().Matches(text).Select(static match => match.Groups["name"].Value).Except(Known, StringComparer.Ordinal);

    /// <summary>What the placeholders stand for.</summary>
    public static IReadOnlyDictionary<string, string> ValuesOf(NoticeMessage message, int longestText) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["id"] = message.Id,
        ["title"] = message.Title,
        ["text"] = message.Text(longestText),
        ["owner"] = message.Owner ?? "",
        ["level"] = NoticeMessage.Word(message.Level),
        ["count"] = message.Alerts.Count.ToString(CultureInfo.InvariantCulture),
        ["time"] = message.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };

    /// <summary>Puts the values in, each escaped; what they hold is not looked at again.</summary>
    public static string Fill(string template, IReadOnlyDictionary<string, string> values, Func<string, string> escape) =>
        Placeholder().Replace(template, match => escape(values[match.Groups["name"].Value]));

    /// <summary>How values are escaped in a body of a content type: as in a JSON string, as in a form, or not at all.</summary>
    public static Func<string, string> EscapeFor(string mediaType) => mediaType switch
    {
        "application/x-www-form-urlencoded" => Uri.EscapeDataString,
        _ when mediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase) => static value => JsonEncodedText.Encode(value).ToString(),
        _ => static value => value,
    };

    [GeneratedRegex(@"\{\{(?<name>[^{}]*)\}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
