using System.Globalization;

namespace Certrelay.Certificates;

/// <summary>Names that come out of files made by strangers, fit for findings, logs and pages.</summary>
internal static class PrintableText
{
    /// <summary>At most so many characters; what does not show, or turns the text around, is a question mark.</summary>
    public static string Of(string text, int longest) => string.Concat(text.Take(longest).Select(static c => IsShown(c) ? c : '?'));

    private static bool IsShown(char c) => char.GetUnicodeCategory(c)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);
}
