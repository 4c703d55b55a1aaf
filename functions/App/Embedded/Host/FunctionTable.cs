using System.Reflection;
using System.Runtime.CompilerServices;
using Certrelay.App.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Embedded.Host;

/// <summary>One function as its attributes declare it.</summary>
public sealed record DeclaredFunction(string Name, MethodInfo Method, ParameterInfo TriggerParameter, Attribute Trigger);

/// <summary>The functions of an assembly, found by their attributes. All faults of declaration are reported at once.</summary>
public sealed class FunctionTable
{
    private FunctionTable(IReadOnlyList<DeclaredFunction> functions) => Functions = functions;

    public IReadOnlyList<DeclaredFunction> Functions { get; }

    /// <summary>
    /// Every function of the product, read beside whatever the start does first; fails with <see cref="FunctionDeclarationException"/> when one could not run here or on
    /// Azure Functions. Function classes live in one namespace: going through all methods of the assembly would take a fifth of the start.
    /// </summary>
    public static Task<FunctionTable> OfProduct { get; } =
        Task.Run(static () => Of(typeof(FunctionTable).Assembly.GetTypes().Where(static type => type.Namespace == typeof(Triggers.Timers).Namespace)));

    /// <summary>Reads the functions of the named types; throws <see cref="FunctionDeclarationException"/> as <see cref="OfProduct"/> fails.</summary>
    public static FunctionTable Of(IEnumerable<Type> types)
    {
        var faults = new List<string>();
        var functions = new List<DeclaredFunction>();
        const BindingFlags every = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var method in types.SelectMany(type => type.GetMethods(every)))
            Read(method, functions, faults);
        foreach (var twice in functions.GroupBy(function => function.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
            faults.Add($"{twice.Key}: two functions have this name.");
        return faults.Count == 0
            ? new FunctionTable([.. functions.OrderBy(function => function.Name, StringComparer.Ordinal)])
            : throw new FunctionDeclarationException(faults);
    }

    private static void Read(MethodInfo method, List<DeclaredFunction> functions, List<string> faults)
    {
        var triggers = method.GetParameters()
            .SelectMany(parameter => parameter.GetCustomAttributes()
                .Where(attribute => attribute is HttpTriggerAttribute or TimerTriggerAttribute or QueueTriggerAttribute)
                .Select(attribute => (Parameter: parameter, Attribute: attribute)))
            .ToList();
        var name = method.GetCustomAttribute<FunctionAttribute>()?.Name;
        if (name is null && triggers.Count == 0)
            return;

        var where = $"{method.DeclaringType!.Name}.{method.Name}";
        if (name is null || triggers.Count != 1)
        {
            faults.Add($"{where}: a function has [Function] and one trigger.");
            return;
        }

        if (!method.IsPublic || !method.DeclaringType.IsVisible || method.IsStatic)
            faults.Add($"{where}: a function is a public instance method of a public class; others are skipped silently on Azure Functions.");
        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute)))
            faults.Add($"{where}: async void cannot be awaited.");
        if (triggers[0].Attribute is HttpTriggerAttribute http)
            CheckHttp(where, method, http, faults);
        functions.Add(new DeclaredFunction(name, method, triggers[0].Parameter, triggers[0].Attribute));
    }

    private static void CheckHttp(string where, MethodInfo method, HttpTriggerAttribute http, List<string> faults)
    {
        if (method.GetCustomAttribute<RequiresAttribute>() is null)
            faults.Add($"{where}: an HTTP function carries [Requires(Permission)].");
        if (http.AuthLevel != AuthorizationLevel.Anonymous)
            faults.Add($"{where}: authorization is decided by [Requires]; the platform's level is Anonymous.");
        // "/" breaks all routing of the isolated worker, "" is taken for the function's name, and the two prefixes belong to the Functions host.
        if (http.Route is null or "" or "/" || http.Route.StartsWith("admin", StringComparison.Ordinal) || http.Route.StartsWith("runtime", StringComparison.Ordinal))
            faults.Add($"{where}: the route '{http.Route}' cannot be used on Azure Functions.");
        if (http.Methods is null or [])
            faults.Add($"{where}: an HTTP function names its methods.");
    }
}

/// <summary>Functions that cannot be hosted, with every fault.</summary>
public sealed class FunctionDeclarationException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
