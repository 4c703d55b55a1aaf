using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Certrelay.Simulators.Aws;

/// <summary>One action of a Query service: the parameters that it knows (<c>#</c> standing for a place in a list), and its result.</summary>
internal sealed record QueryAction(bool Writes, IReadOnlyList<string> Parameters, Func<QueryCall, IEnumerable<XElement>> Run);

/// <summary>A call with the fields of its form.</summary>
internal sealed class QueryCall(AwsCall call, IReadOnlyDictionary<string, string> form)
{
    public AwsCall Call { get; } = call;

    public AwsCloud Cloud => Call.Cloud;

    public string? Optional(string name) => form.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    public string Required(string name) => Optional(name)
        ?? throw new AwsFaultException("ValidationError", $"1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null");

    public int Number(string name, int otherwise, int highest) => Optional(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= highest ? number
        : throw new AwsFaultException("ValidationError", $"'{name}' must be between 1 and {highest}");

    /// <summary>The values of a list, counted from 1 without a gap: <c>Names.member.1</c>, <c>Certificates.member.1.CertificateArn</c>.</summary>
    public IReadOnlyList<string> Members(string list, string field = "")
    {
        var names = Enumerable.Range(1, form.Count).Select(index => $"{list}.member.{index}{field}").TakeWhile(form.ContainsKey).ToList();
        return form.Keys.Count(name => name.StartsWith($"{list}.member.", StringComparison.Ordinal) && name.EndsWith(field, StringComparison.Ordinal)) == names.Count
            ? [.. names.Select(name => form[name])]
            : throw new AwsFaultException("MalformedInput", $"The members of {list} are not counted from 1 without a gap.");
    }

    /// <summary>A page of the items, and the marker of the next one.</summary>
    public (IReadOnlyList<T> Items, string? Next) Page<T>(IEnumerable<T> all, int size)
    {
        var from = Optional("Marker") is not { } marker ? 0
            : int.TryParse(marker, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place
            : throw new AwsFaultException("ValidationError", "Invalid marker");
        List<T> rest = [.. all.Skip(from).Take(size + 1)];
        return rest.Count > size ? (rest[..size], (from + size).ToString(CultureInfo.InvariantCulture)) : (rest, null);
    }
}

/// <summary>Services whose action and parameters are the fields of a form.</summary>
internal static partial class QueryActions
{
    public static AwsService Service(string name, string version, string space, Func<string, string>? scope, IReadOnlyDictionary<string, QueryAction> actions) =>
        new(name, AwsProtocol.Query, space, scope, request =>
        {
            var form = Form(request);
            if (!form.TryGetValue("Action", out var action))
                throw new AwsFaultException("MissingAction", "Missing Action");
            if (form.GetValueOrDefault("Version") is not { } stated || stated != version)
                throw new AwsFaultException("InvalidAction", $"Could not find operation {action} for version {form.GetValueOrDefault("Version") ?? "NO_VERSION_SPECIFIED"}");
            if (!actions.TryGetValue(action, out var found))
                throw new AwsFaultException("InvalidAction", $"Could not find operation {action} for version {version}");
            return new AwsAction(action, found.Writes, call => Run(call, form, space, action, found));
        });

    // The real ones pass over a parameter that they do not know; here it is a mistake of whoever sent it.
    private static SimulatorAnswer Run(AwsCall call, Dictionary<string, string> form, string space, string name, QueryAction action)
    {
        if (form.Keys.Except(["Action", "Version"]).FirstOrDefault(field => !action.Parameters.Contains(Places().Replace(field, ".#"))) is { } unknown)
            throw new AwsFaultException("MalformedInput", $"Unexpected parameter {unknown}");
        return AwsAnswers.Query(space, name, action.Run(new QueryCall(call, form)));
    }

    private static Dictionary<string, string> Form(SimulatorRequest request)
    {
        if (request.Method != "POST" || request.RawPath != "/" || request.RawQuery.Length > 0
            || request.Header("content-type")?.StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal) != true)
            throw new AwsFaultException("MalformedInput", "Parameters are the fields of a form in the body of a POST to /.");
        var form = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in request.Form)
        {
            if (!form.TryAdd(name, value))
                throw new AwsFaultException("MalformedInput", $"{name} is given twice.");
        }

        return form;
    }

    [GeneratedRegex(@"\.[1-9][0-9]*(?=\.|$)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Places();
}
