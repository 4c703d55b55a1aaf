using System.Text.RegularExpressions;
using Certrelay.Certificates;

namespace Certrelay.Tests.Certificates;

public sealed partial class FindingsDocumentTests
{
    [Fact]
    public void The_committed_document_is_what_the_codes_say()
    {
        var file = Path.Combine(RepositoryRoot(), "docs", "findings.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") is "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, FindingsDocument.Render());
        }

        var isCurrent = File.Exists(file) && File.ReadAllText(file) == FindingsDocument.Render();
        Assert.True(isCurrent, "docs/findings.md differs from the codes: run this test with UPDATE_DOCS=1.");
    }

    [Fact]
    public void Codes_are_unique_and_name_a_known_area()
    {
        Assert.Equal(FindingCodes.All.Count, FindingCodes.All.Select(code => code.Code).Distinct().Count());
        Assert.All(FindingCodes.All, code => Assert.Matches(CodeForm(), code.Code));
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("Serverless.sln is in no folder above the tests.");
    }

    [GeneratedRegex(
        @"\A(pem|file|key|leaf|chain|name|validity|policy|store|cloud|target|probe|dns|record)\.[a-z]+(-[a-z]+)*\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeForm();
}
