namespace Certrelay.Tests.Support;

/// <summary>A text of the repository that the code must match and somebody has looked at; <c>UPDATE_DOCS=1</c> writes it anew.</summary>
internal static class ApprovedText
{
    /// <summary>Fails where the file, by its path from the root of the repository, says something else.</summary>
    public static void Check(string file, string text)
    {
        var path = Path.Combine(Repository.Root, file);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.Equal(text, File.Exists(path) ? File.ReadAllText(path) : "");
    }
}
