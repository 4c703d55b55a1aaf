namespace Certrelay.Tests.Support;

/// <summary>A page of the documentation that is generated from the code; <c>UPDATE_DOCS=1</c> writes it anew.</summary>
internal static class GeneratedPage
{
    public static void Check(string name, string text)
    {
        var path = Path.Combine(Repository.Root, "docs", name);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.Equal(text, File.Exists(path) ? File.ReadAllText(path) : "");
    }
}
