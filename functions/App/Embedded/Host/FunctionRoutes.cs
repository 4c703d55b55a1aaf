using System.Globalization;
using System.Reflection;
using Certrelay.App.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.App.Embedded.Host;

/// <summary>The HTTP functions of a table as endpoints: the route as declared, specific ones before the catch-all, as on Azure Functions with an empty prefix.</summary>
public static class FunctionRoutes
{
    public static void MapFunctions(this IEndpointRouteBuilder endpoints)
    {
        var table = endpoints.ServiceProvider.GetRequiredService<FunctionTable>();
        var invoker = endpoints.ServiceProvider.GetRequiredService<FunctionInvoker>();
        var edge = endpoints.ServiceProvider.GetRequiredService<HttpEdge>();
        foreach (var function in table.Functions)
        {
            if (function.Trigger is not HttpTriggerAttribute http)
                continue;
            endpoints.MapMethods(http.Route!, http.Methods!.Select(method => method.ToUpperInvariant()), context => HandleAsync(context, function, invoker, edge))
                .WithDisplayName(function.Name);
        }
    }

    /// <summary>Runs an HTTP function through the edge and writes its answer.</summary>
    internal static async Task HandleAsync(HttpContext context, DeclaredFunction function, FunctionInvoker invoker, HttpEdge edge)
    {
        var answer = await edge.InvokeAsync(context, function.Method, () => invoker.InvokeAsync(function, parameter => Bind(function, parameter, context)));
        await answer.ExecuteAsync(context);
    }

    private static object? Bind(DeclaredFunction function, ParameterInfo parameter, HttpContext context)
    {
        if (parameter == function.TriggerParameter)
            return context.Request;
        if (parameter.ParameterType == typeof(CancellationToken))
            return context.RequestAborted;
        var value = context.GetRouteValue(parameter.Name!) as string;
        if (value is null && !parameter.HasDefaultValue && Nullable.GetUnderlyingType(parameter.ParameterType) is null && parameter.ParameterType != typeof(string))
            throw new InvalidOperationException($"{function.Name}: the route has no {parameter.Name}.");
        return parameter.ParameterType == typeof(string) || value is null ? value : Convert.ChangeType(value, parameter.ParameterType, CultureInfo.InvariantCulture);
    }
}
