// Microsoft.Azure.Functions.Worker 2.52.0 with its extensions for HTTP, timers and queues: just the members that functions/App uses.
// Each names the line of azure-sdk.md that it was copied from; "source" is the package's public source where that file is silent.
#pragma warning disable CA1019, CA1711, CA1716, CA1815, CA1051, MA0048
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker
{
    /// <summary>Line 30; Name: source.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public class FunctionAttribute(string name) : Attribute
    {
        public string Name { get; } = name;
    }

    /// <summary>Line 31.</summary>
    public enum AuthorizationLevel
    {
        Anonymous = 0,
        User = 1,
        Function = 2,
        System = 3,
        Admin = 4,
    }

    /// <summary>Line 31; AuthLevel and Methods: source.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods) : Attribute
    {
        public AuthorizationLevel AuthLevel { get; } = authLevel;

        public string[]? Methods { get; } = methods;

        public string? Route { get; set; }
    }

    /// <summary>Line 34; Schedule: source.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class TimerTriggerAttribute(string schedule) : Attribute
    {
        public string Schedule { get; } = schedule;

        public bool RunOnStartup { get; set; }
    }

    /// <summary>Line 35.</summary>
    public sealed class TimerInfo
    {
        public ScheduleStatus? ScheduleStatus { get; set; }

        public bool IsPastDue { get; set; }
    }

    /// <summary>Line 35.</summary>
    public sealed class ScheduleStatus
    {
        public DateTime Last { get; set; }

        public DateTime Next { get; set; }

        public DateTime LastUpdated { get; set; }
    }

    /// <summary>Line 36; QueueName: source.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class QueueTriggerAttribute(string queueName) : Attribute
    {
        public string QueueName { get; } = queueName;
    }

    /// <summary>Line 39.</summary>
    public abstract class FunctionContext
    {
        public abstract FunctionDefinition FunctionDefinition { get; }
    }

    /// <summary>Line 39.</summary>
    public abstract class FunctionDefinition
    {
        public abstract string Name { get; }
    }

    /// <summary>Line 39: an extension of the package for ASP.NET Core; its class: source.</summary>
    public static class FunctionContextExtensions
    {
        public static HttpContext? GetHttpContext(this FunctionContext context) => throw new NotSupportedException();
    }
}

namespace Microsoft.Azure.Functions.Worker.Middleware
{
    /// <summary>Line 40; its shape: source.</summary>
    public delegate Task FunctionExecutionDelegate(FunctionContext context);

    /// <summary>Line 40.</summary>
    public interface IFunctionsWorkerMiddleware
    {
        Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
    }
}

namespace Microsoft.Azure.Functions.Worker
{
    /// <summary>Line 23.</summary>
    public interface IFunctionsWorkerApplicationBuilder
    {
        IServiceCollection Services { get; }
    }
}

namespace Microsoft.Azure.Functions.Worker.Builder
{
    /// <summary>Line 23.</summary>
    public static class FunctionsApplication
    {
        public static FunctionsApplicationBuilder CreateBuilder(string[] args) => throw new NotSupportedException();
    }

    /// <summary>Line 23.</summary>
    public abstract class FunctionsApplicationBuilder : IFunctionsWorkerApplicationBuilder
    {
        public abstract IServiceCollection Services { get; }

        public abstract IConfigurationManager Configuration { get; }

        public abstract IHost Build();
    }

    /// <summary>Line 24; its class: source.</summary>
    public static class FunctionsApplicationBuilderAspNetCoreExtensions
    {
        public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder) => throw new NotSupportedException();
    }
}

namespace Microsoft.Extensions.Hosting
{
    /// <summary>Line 24; its class and namespace: source.</summary>
    public static class MiddlewareWorkerApplicationBuilderExtensions
    {
        public static Microsoft.Azure.Functions.Worker.IFunctionsWorkerApplicationBuilder UseMiddleware<T>(
            this Microsoft.Azure.Functions.Worker.IFunctionsWorkerApplicationBuilder builder)
            where T : class, Microsoft.Azure.Functions.Worker.Middleware.IFunctionsWorkerMiddleware => throw new NotSupportedException();
    }
}
