namespace Certrelay.Tests.Support;

/// <summary>A text of the tests that was looked at and approved; <c>UPDATE_DOCS=1</c> writes it anew.</summary>
internal static class ApprovedText
{
    public static void Check(string name, string text)
    {
        var path = Path.Combine(Repository.Root, "tests", "Certrelay.Tests", name);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, text);
        Assert.Equal(text, File.Exists(path) ? File.ReadAllText(path) : "");
    }
}
