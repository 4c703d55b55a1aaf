namespace Certrelay.Tests.Support;

/// <summary>A page of the documentation that is generated from the code.</summary>
internal static class GeneratedPage
{
    public static void Check(string name, string text) => ApprovedText.Check(Path.Combine("docs", name), text);
}
