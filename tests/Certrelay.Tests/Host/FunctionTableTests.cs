using Certrelay.App.Embedded.Host;
using Certrelay.App.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.Tests.Host;

public sealed class FunctionTableTests
{
    public static TheoryData<Type, string> Faults() => new()
    {
        { typeof(HiddenClass), "HiddenClass.Run: a function is a public instance method" },
        { typeof(PrivateMethod), "PrivateMethod.Run: a function is a public instance method" },
        { typeof(StaticMethod), "StaticMethod.Run: a function is a public instance method" },
        { typeof(AsyncVoid), "AsyncVoid.Run: async void" },
        { typeof(Nameless), "Nameless.Run: a function has [Function] and one trigger" },
        { typeof(Triggerless), "Triggerless.Run: a function has [Function] and one trigger" },
        { typeof(NoPermission), "NoPermission.Run: an HTTP function carries [Requires(Permission)]" },
        { typeof(PlatformLevel), "PlatformLevel.Run: authorization is decided by [Requires]" },
        { typeof(RootRoute), "RootRoute.Run: the route '/' cannot be used" },
        { typeof(AdminRoute), "AdminRoute.Run: the route 'admin/x' cannot be used" },
        { typeof(NoMethods), "NoMethods.Run: an HTTP function names its methods" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Refuses_to_start_on(Type type, string fault) =>
        Assert.StartsWith(fault, Assert.Single(Assert.Throws<FunctionDeclarationException>(() => FunctionTable.Of([type])).Faults));

    [Fact]
    public void Reports_all_faults_at_once_and_names_used_twice()
    {
        var faults = Assert.Throws<FunctionDeclarationException>(() => FunctionTable.Of([typeof(HiddenClass), typeof(NoMethods), typeof(Good), typeof(Namesake)])).Faults;

        Assert.Equal(3, faults.Count);
        Assert.Contains(faults, fault => fault.StartsWith("good: two functions", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_function_of_the_assembly_is_well_declared_and_found_at_the_start() => Assert.Equal(
        FunctionTable.Of(typeof(FunctionTable).Assembly.GetTypes()).Functions.Select(function => function.Name),
        (await FunctionTable.OfProduct).Functions.Select(function => function.Name));

    private sealed class HiddenClass
    {
        [Function("hidden")]
        public void Run([QueueTrigger("q")] string message) => _ = message;
    }

    public sealed class PrivateMethod
    {
        [Function("private")]
        internal void Run([QueueTrigger("q")] string message) => _ = message;
    }

    public sealed class StaticMethod
    {
        [Function("static")]
        public static void Run([QueueTrigger("q")] string message) => _ = message;
    }

    public sealed class AsyncVoid
    {
        [Function("async-void")]
#pragma warning disable MA0155 // The fault under test.
        public async void Run([QueueTrigger("q")] string message) => await Task.FromResult(message);
#pragma warning restore MA0155
    }

    public sealed class Nameless
    {
        public void Run([QueueTrigger("q")] string message) => _ = message;
    }

    public sealed class Triggerless
    {
        [Function("triggerless")]
        public void Run(string message) => _ = message;
    }

    public sealed class NoPermission
    {
        [Function("no-permission")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "x")] HttpRequest request) => Results.Ok(request.Path);
    }

    public sealed class PlatformLevel
    {
        [Function("platform-level"), Requires(Permission.None)]
        public IResult Run([HttpTrigger(AuthorizationLevel.Function, "get", Route = "x")] HttpRequest request) => Results.Ok(request.Path);
    }

    public sealed class RootRoute
    {
        [Function("root"), Requires(Permission.None)]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "/")] HttpRequest request) => Results.Ok(request.Path);
    }

    public sealed class AdminRoute
    {
        [Function("admin"), Requires(Permission.None)]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "admin/x")] HttpRequest request) => Results.Ok(request.Path);
    }

    public sealed class NoMethods
    {
        [Function("no-methods"), Requires(Permission.None)]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "x")] HttpRequest request) => Results.Ok(request.Path);
    }

    public sealed class Good
    {
        [Function("good")]
        public void Run([QueueTrigger("q")] string message) => _ = message;
    }

    public sealed class Namesake
    {
        [Function("Good")]
        public void Run([QueueTrigger("q")] string message) => _ = message;
    }
}
