using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Template;

namespace Certrelay.App.Http;

/// <summary>Every HTTP function of the application.</summary>
public sealed class HttpOperations(IEnumerable<MethodInfo> functions)
{
    private readonly (HttpOperation Operation, TemplateMatcher Route)[] _all =
    [
        .. functions.Select(HttpOperation.Of).OfType<HttpOperation>()
            .Select(static operation => (operation, new TemplateMatcher(TemplateParser.Parse(operation.Route), []))),
    ];

    public IEnumerable<HttpOperation> All => _all.Select(static one => one.Operation);

    /// <summary>
    /// The methods that a path takes, the catch-all function aside: it gets the paths that nobody takes and those that were asked with the wrong
    /// method.
    /// </summary>
    public IReadOnlyList<string> MethodsOf(PathString path) =>
    [
        .. _all.Where(one => !one.Operation.IsCatchAll && one.Route.TryMatch(path, []))
            .SelectMany(static one => one.Operation.Methods)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];
}
