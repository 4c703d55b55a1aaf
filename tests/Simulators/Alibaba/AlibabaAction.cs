using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Certrelay.Simulators.Alibaba;

/// <summary>Where the definition of an action places its parameters.</summary>
internal enum Place
{
    /// <summary>In the query, also of a POST.</summary>
    Query,

    /// <summary>In a form body.</summary>
    Form,
}

/// <summary>One action: the parameters that it knows and what it does.</summary>
/// <param name="Service">The product's word: <c>cas</c>.</param>
/// <param name="Version">The version of the product's API.</param>
/// <param name="Parameters">Names apart by spaces; a mark of exclamation: required; <c>.N</c> stands for the places of a list.</param>
/// <param name="About">The parameter that names what the call is about; empty: none does.</param>
internal sealed partial record AlibabaAction(string Service, string Version, string Name, string Parameters, string About, Func<AlibabaCall, JsonObject> Answer)
{
    public bool Writes { get; init; }

    public string Method { get; init; } = "POST";

    public Place Place { get; init; }

    /// <summary>The path of a ROA call, <c>{name}</c> standing for one segment; null: an RPC call.</summary>
    public string? Path { get; init; }

    /// <summary>True when a ROA call has a JSON body.</summary>
    public bool Json { get; init; }

    public string Id => $"{Service}.{Name}";

    /// <summary>The values of a path's segments; null for another path.</summary>
    public IReadOnlyDictionary<string, string>? Match(string rawPath)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var (own, given) = ((Path ?? "/").Split('/'), rawPath.Split('/'));
        if (own.Length != given.Length)
            return null;
        for (var i = 0; i < own.Length; i++)
        {
            if (own[i].StartsWith('{'))
                values[own[i].Trim('{', '}')] = Uri.UnescapeDataString(given[i]);
            else if (own[i] != given[i])
                return null;
        }

        return values;
    }

    /// <summary>Refuses parameters that are missing, unknown or given twice; throws <see cref="AlibabaFault"/>.</summary>
    public void Check(IReadOnlyList<KeyValuePair<string, string>> given)
    {
        var known = Parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var flat = given.Select(static one => Digits().Replace(one.Key, ".N")).ToList();
        foreach (var name in known.Where(static word => word.EndsWith('!')).Select(static word => word.TrimEnd('!')).Where(name => !flat.Contains(name)))
            throw AlibabaFault.Missing(name);
        foreach (var name in flat.Where(name => !known.Contains(name) && !known.Contains($"{name}!")))
            throw new AlibabaFault(400, "InvalidParameter", $"The parameter {name} is not known to {Name}.");
        if (given.Select(static one => one.Key).Distinct(StringComparer.Ordinal).Count() != given.Count)
            throw new AlibabaFault(400, "InvalidParameter", "A parameter is given twice.");
    }

    [GeneratedRegex(@"\.\d+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Digits();
}

/// <summary>One call whose signature holds.</summary>
internal sealed record AlibabaCall(IReadOnlyDictionary<string, string> Values, JsonObject? Body)
{
    public string Text(string name) => Values.GetValueOrDefault(name) ?? throw AlibabaFault.Missing(name);

    public string? TextOrNull(string name) => Values.GetValueOrDefault(name);

    public long Number(string name, long? otherwise = null) => Values.TryGetValue(name, out var text)
        ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw AlibabaFault.Invalid(name)
        : otherwise ?? throw AlibabaFault.Missing(name);

    /// <summary>The places of a flattened list: <c>Name.1</c>, <c>Name.1.Sub</c> with the pattern <c>Name.N.Sub</c>.</summary>
    public IReadOnlyList<string> List(string pattern)
    {
        var found = new List<string>();
        while (Values.TryGetValue(pattern.Replace(".N", $".{found.Count + 1}", StringComparison.Ordinal), out var value))
            found.Add(value);
        return found;
    }
}
