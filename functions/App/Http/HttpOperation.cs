using System.ComponentModel;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Http;

/// <summary>An HTTP function as its attributes declare it.</summary>
public sealed partial record HttpOperation
{
    public required string Name { get; init; }

    public required string Route { get; init; }

    /// <summary>In capitals.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    public required Permission Permission { get; init; }

    public string? Description { get; init; }

    public AuditedAttribute? Audited { get; init; }

    public bool Idempotent { get; init; }

    public bool Paged { get; init; }

    public IfMatchAttribute? IfMatch { get; init; }

    public required IReadOnlyList<TakesAttribute> Takes { get; init; }

    public required IReadOnlyList<AnswersAttribute> Answers { get; init; }

    public required IReadOnlyList<QueryAttribute> Queries { get; init; }

    /// <summary>True for the function that takes every path no other takes.</summary>
    public bool IsCatchAll => Route.StartsWith("{*", StringComparison.Ordinal);

    /// <summary>The names in the route.</summary>
    public IEnumerable<string> RouteNames => RouteName().Matches(Route).Select(static match => match.Groups["name"].Value);

    /// <summary>The operation of a method; null when it is no HTTP function.</summary>
    public static HttpOperation? Of(MethodInfo method)
    {
        var trigger = method.GetParameters().Select(static parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
            .FirstOrDefault(static attribute => attribute is not null);
        if (trigger?.Route is null || method.GetCustomAttribute<FunctionAttribute>() is not { } function)
            return null;
        return new HttpOperation
        {
            Name = function.Name,
            Route = trigger.Route,
            Methods = [.. trigger.Methods!.Select(static name => name.ToUpperInvariant())],
            Permission = method.GetCustomAttribute<RequiresAttribute>()?.Permission
                ?? throw new InvalidOperationException($"{function.Name} carries no [Requires]."),
            Description = method.GetCustomAttribute<DescriptionAttribute>()?.Description,
            Audited = method.GetCustomAttribute<AuditedAttribute>(),
            Idempotent = method.IsDefined(typeof(IdempotentAttribute)),
            Paged = method.IsDefined(typeof(PagedAttribute)),
            IfMatch = method.GetCustomAttribute<IfMatchAttribute>(),
            Takes = [.. method.GetCustomAttributes<TakesAttribute>()],
            Answers = [.. method.GetCustomAttributes<AnswersAttribute>()],
            Queries = [.. method.GetCustomAttributes<QueryAttribute>()],
        };
    }

    /// <summary>The query parameters that a call may have.</summary>
    public IReadOnlyList<string> QueryNames => field ??= [.. Queries.Select(static query => query.Name)
        .Concat(Paged ? [PageRequest.LimitName, PageRequest.AfterName] : [])
        .Concat(Audited is not null ? [CallReason.Name] : [])];

    /// <summary>The audit subject with the call's route values in it.</summary>
    public string? SubjectOf(HttpContext context) =>
        Audited?.Subject is { } subject
            ? RouteName().Replace(subject, match => context.GetRouteValue(match.Groups["name"].Value) as string ?? "")
            : null;

    [GeneratedRegex(@"\{\*{0,2}(?<name>\w+)[^}]*\}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RouteName();
}
