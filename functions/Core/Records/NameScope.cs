namespace Certrelay.Records;

/// <summary>Which resource names a token may touch: a list of exact names and of prefixes with a final <c>*</c>; null is every name.</summary>
public static class NameScope
{
    /// <summary>True for a resource name, or for the beginning of one with a <c>*</c>.</summary>
    public static bool IsPattern(string? text) => text is [.. var prefix, '*']
        ? prefix.Length is > 0 and <= 63 && ResourceName.IsValid(prefix.EndsWith('-') ? prefix[..^1] : prefix)
        : ResourceName.IsValid(text);

    /// <summary>True when <paramref name="scope"/> lets its holder touch <paramref name="name"/>.</summary>
    public static bool Covers(IReadOnlyList<string>? scope, string name) =>
        scope is null || scope.Any(pattern => pattern is [.. var prefix, '*'] ? name.StartsWith(prefix, StringComparison.Ordinal) : name == pattern);

    /// <summary>True when every name of <paramref name="inner"/> lies in <paramref name="outer"/>.</summary>
    public static bool Contains(IReadOnlyList<string>? outer, IReadOnlyList<string>? inner) =>
        outer is null || (inner is not null && inner.All(pattern => pattern is [.. var prefix, '*']
            ? outer.Any(wide => wide is [.. var start, '*'] && prefix.StartsWith(start, StringComparison.Ordinal))
            : Covers(outer, pattern)));
}
