using System.Collections.Frozen;
using Certrelay.App.Embedded.Host;
using Certrelay.App.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Certrelay.App.Azure;

/// <summary>Leads HTTP functions through the edge, with the binding that the embedded host has too, so that a call means the same in both editions. Other functions run as the worker runs them.</summary>
public sealed class EdgeMiddleware(FunctionTable table, FunctionInvoker invoker, HttpEdge edge) : IFunctionsWorkerMiddleware
{
    private readonly FrozenDictionary<string, DeclaredFunction> _functions = table.Functions.ToFrozenDictionary(static function => function.Name, StringComparer.OrdinalIgnoreCase);

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next) =>
        context.GetHttpContext() is { } http ? FunctionRoutes.HandleAsync(http, _functions[context.FunctionDefinition.Name], invoker, edge) : next(context);
}
