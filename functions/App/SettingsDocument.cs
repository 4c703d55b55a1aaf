using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Certrelay.App;

/// <summary>What is generated from <see cref="Settings"/>: the sample file and the page of the documentation.</summary>
public static class SettingsDocument
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>local.settings.sample.json</c>: every setting that has a default, in the flat form of Azure Functions.</summary>
    public static string Sample()
    {
        // The first two are the Functions host's own.
        var values = new JsonObject { ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true", ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated" };
        foreach (var (path, setting) in SettingShape.Of(typeof(Settings)).Leaves())
        {
            if (!path.Contains('<') && Text(setting.Default) is { } value)
                values[path] = value;
        }

        return new JsonObject { ["IsEncrypted"] = false, ["Values"] = values }.ToJsonString(Indented) + "\n";
    }

    /// <summary><c>docs/settings.md</c>.</summary>
    public static string ToMarkdown()
    {
        var page = new StringBuilder("# Settings\n\n")
            .Append("Each works when it is absent. They are read from `local.settings.json` (section `Values`), then from the environment, where a colon is ")
            .Append("written as two underscores (`Http__Url`), then from the command line, and checked whole at the start: every fault is told at once. ")
            .Append("Generated from `Settings.cs`.\n\n| setting | default | meaning |\n| --- | --- | --- |\n");
        Append(page, SettingShape.Of(typeof(Settings)), "", "");
        return page.ToString();
    }

    private static void Append(StringBuilder page, SettingShape setting, string path, string meaning)
    {
        // A list or a map is described where it is declared, its element has nothing to say.
        meaning = setting.Description ?? meaning;
        if (setting.IsPlain)
            page.Append($"| `{path}` | {(Text(setting.Default) is { Length: > 0 } value ? $"`{value}`" : "none")} | {meaning.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)} |\n");
        foreach (var member in setting.Members)
            Append(page, member, path.Length == 0 ? member.Name : $"{path}:{member.Name}", meaning);
    }

    private static string? Text(object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
