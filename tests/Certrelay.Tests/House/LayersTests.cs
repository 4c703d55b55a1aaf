using System.Text.RegularExpressions;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.House;

/// <summary>The order of the house: a folder of Core names only folders above it.</summary>
public sealed partial class LayersTests
{
    private static readonly string[] FromTheTop = ["Certificates", "Vault", "Outgoing", "Dns", "Records", "Targets", "Rollouts", "Watch"];

    [Fact]
    public void A_folder_of_Core_names_only_folders_above_it()
    {
        var core = Path.Combine(Repository.Root, "functions", "Core");
        Assert.Equal(FromTheTop.Order(), Directory.GetDirectories(core).Select(Path.GetFileName).Except(["bin", "obj"]).Order());
        var breaches =
            from layer in FromTheTop.Index()
            from file in Directory.GetFiles(Path.Combine(core, layer.Item), "*.cs", SearchOption.AllDirectories)
            from named in Named().Matches(File.ReadAllText(file)).Select(match => match.Groups["folder"].Value).Distinct()
            where Array.IndexOf(FromTheTop, named) > layer.Index
            select $"{Path.GetRelativePath(core, file)} names {named}";

        Assert.Empty(breaches);
    }

    [Fact]
    public void Core_knows_no_host()
    {
        var breaches = Directory.GetFiles(Path.Combine(Repository.Root, "functions", "Core"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file) is var text && (text.Contains("Certrelay.App", StringComparison.Ordinal) || text.Contains("Azure.Functions", StringComparison.Ordinal) || text.Contains("Sqlite", StringComparison.Ordinal)))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

        Assert.Empty(breaches);
    }

    [GeneratedRegex(@"Certrelay\.(?<folder>[A-Z][a-z]+)\b", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();
}
