using System.Text;
using System.Text.RegularExpressions;

namespace Certrelay.Tests.House;

/// <summary>A resource that a Bicep file declares: its symbol, its type without the version, and its text.</summary>
internal sealed record BicepResource(string File, string Symbol, string Type, string Text)
{
    public override string ToString() => $"{File}: {Symbol} ({Type})";
}

/// <summary>A Bicep file, read as far as the rules of the house need it: resources, modules and outputs, without comments.</summary>
internal sealed partial class BicepFile
{
    private BicepFile(string name, string text)
    {
        (Name, Text) = (name, WithoutComments(text));
        Resources = [.. ResourceHead().Matches(Text).Where(static head => !head.Groups["existing"].Success)
            .Select(head => new BicepResource(name, head.Groups["symbol"].Value, head.Groups["type"].Value, Block(head.Index + head.Length - 1)))];
        Outputs = [.. OutputLine().Matches(Text).Select(static line => line.Value.Trim())];
    }

    public string Name { get; }

    public string Text { get; }

    /// <summary>What the file makes; a reference to what exists already is not among it.</summary>
    public IReadOnlyList<BicepResource> Resources { get; }

    public IReadOnlyList<string> Outputs { get; }

    public static IReadOnlyList<BicepFile> In(string folder) =>
        [.. Directory.GetFiles(folder, "*.bicep", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => new BicepFile(Path.GetRelativePath(folder, path), File.ReadAllText(path)))];

    /// <summary>The text from a bracket to the one that closes it; strings may hold brackets.</summary>
    private string Block(int open)
    {
        var depth = 0;
        for (var at = open; at < Text.Length; at++)
        {
            if (Text[at] == '\'')
                at = EndOfString(at);
            else if (Text[at] is '{' or '[')
                depth++;
            else if (Text[at] is '}' or ']' && --depth == 0)
                return Text[open..(at + 1)];
        }

        throw new FormatException($"{Name}: a bracket at {open} is not closed.");
    }

    private int EndOfString(int open)
    {
        for (var at = open + 1; at < Text.Length; at++)
        {
            if (Text[at] == '\\')
                at++;
            else if (Text[at] == '\'')
                return at;
        }

        throw new FormatException($"{Name}: a string at {open} is not closed.");
    }

    private static string WithoutComments(string text)
    {
        var plain = new StringBuilder();
        foreach (var line in text.Split('\n'))
        {
            var inString = false;
            var end = line.Length;
            for (var at = 0; at < line.Length; at++)
            {
                if (line[at] == '\\')
                    at++;
                else if (line[at] == '\'')
                    inString = !inString;
                else if (!inString && line.AsSpan(at).StartsWith("//", StringComparison.Ordinal))
                {
                    end = at;
                    break;
                }
            }

            plain.Append(line.AsSpan(0, end)).Append('\n');
        }

        return plain.ToString();
    }

    [GeneratedRegex(@"^resource (?<symbol>\w+) '(?<type>[\w./]+)@[\w-]+'(?<existing> existing)? = (if \([^\n]*\) )?[{\[]", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ResourceHead();

    [GeneratedRegex("^output .*$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OutputLine();
}
