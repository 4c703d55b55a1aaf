using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Certrelay.App.Http;

/// <summary>The one way from a request to a function and back, in both editions.</summary>
public sealed partial class HttpEdge(ILogger<HttpEdge> logger)
{
    /// <summary>Runs an HTTP function for a request and returns its answer.</summary>
    public async Task<IResult> InvokeAsync(HttpContext context, MethodInfo function, Func<Task<object?>> run)
    {
        Log.Called(logger, context.Request.Method, function.Name);
        return (IResult)(await run())!;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Function}")]
        public static partial void Called(ILogger logger, string method, string function);
    }
}
