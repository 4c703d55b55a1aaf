using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Certrelay.Benchmarks;

/// <summary>The least web application that the framework makes: the yardstick of our start and of our health.</summary>
internal static class BareApp
{
    public static async Task<int> RunAsync(string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        // Two lines of log a call cost more than the call; ours writes none either.
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        app.MapGet("/healthz", static () => "ok");
        await app.RunAsync();
        return 0;
    }
}
