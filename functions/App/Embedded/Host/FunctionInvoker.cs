using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.App.Embedded.Host;

/// <summary>Runs a function on an instance of its class made for the call in a service scope of its own, as the isolated worker does.</summary>
public sealed class FunctionInvoker(IServiceScopeFactory scopes)
{
    private readonly ConcurrentDictionary<MethodInfo, Compiled> _compiled = [];

    /// <summary>Calls the method; each parameter is given by <paramref name="bind"/>. Returns its result, awaited; null for none.</summary>
    public async Task<object?> InvokeAsync(DeclaredFunction function, Func<ParameterInfo, object?> bind)
    {
        var compiled = _compiled.GetOrAdd(function.Method, static method => new Compiled(method));
        await using var scope = scopes.CreateAsyncScope();
        var instance = compiled.Create(scope.ServiceProvider);
        try
        {
            return await AwaitAsync(compiled.Method.Invoke(instance, Array.ConvertAll(compiled.Parameters, p => bind(p)).AsSpan()));
        }
        finally
        {
            if (instance is IAsyncDisposable disposable)
                await disposable.DisposeAsync();
            else
                (instance as IDisposable)?.Dispose();
        }
    }

    private static async Task<object?> AwaitAsync(object? result)
    {
        switch (result)
        {
            case Task<Microsoft.AspNetCore.Http.IResult> answer:
                return await answer;
            case Task task:
                await task;
                return null;
            default:
                return result;
        }
    }

    private sealed class Compiled(MethodInfo method)
    {
        private readonly ConstructorInvoker _constructor = ConstructorInvoker.Create(method.DeclaringType!.GetConstructors().Single());
        private readonly Type[] _services = [.. method.DeclaringType!.GetConstructors().Single().GetParameters().Select(static parameter => parameter.ParameterType)];

        public MethodInvoker Method { get; } = MethodInvoker.Create(method);

        public ParameterInfo[] Parameters { get; } = method.GetParameters();

        // ActivatorUtilities would compile an expression for each class, which a first call feels.
        public object Create(IServiceProvider services) => _constructor.Invoke(Array.ConvertAll<Type, object?>(_services, services.GetRequiredService).AsSpan());
    }
}
