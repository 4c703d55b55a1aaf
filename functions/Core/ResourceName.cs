using System.Text.RegularExpressions;

namespace Certrelay;

/// <summary>The form of a name that a user gives to a certificate, a target or an account: 1 to 63 of <c>a-z 0-9</c> in parts joined by single hyphens.</summary>
public static partial class ResourceName
{
    /// <summary>True when <paramref name="name"/> has that form.</summary>
    public static bool IsValid(string? name) => name is not null && Form().IsMatch(name);

    [GeneratedRegex(@"^(?=.{1,63}\z)[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
