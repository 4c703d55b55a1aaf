using System.Text.RegularExpressions;
using Certrelay.Tests.Support;

namespace Certrelay.App;

/// <summary>The declarations are a record of facts: each type says where its members were read.</summary>
public sealed partial class DeclarationTests
{
    [Fact]
    public void Every_declared_type_names_its_source()
    {
        var folder = Path.Combine(Repository.Root, "tests", "Certrelay.AzureShape", "Declarations");
        var silent =
            from file in Directory.GetFiles(folder, "*.cs")
            let lines = File.ReadAllLines(file)
            from line in lines.Index()
            where Declaration().IsMatch(line.Item) && !lines[..line.Index].Reverse().TakeWhile(static above => above.TrimStart().StartsWith('[') || above.Contains("///", StringComparison.Ordinal))
                .Any(static above => Source().IsMatch(above))
            select $"{Path.GetFileName(file)}:{line.Index + 1} {line.Item.Trim()}";

        Assert.Empty(silent);
    }

    // Types within types are told by the outer one.
    [GeneratedRegex("^( {4})?public (sealed |abstract |static )*(class|interface|enum|delegate|record) (?!ServiceVersion)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Declaration();

    [GeneratedRegex("[Ll]ines? [0-9]+|[Ss]ource|public API listing", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Source();
}
