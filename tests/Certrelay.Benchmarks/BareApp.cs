using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Certrelay.Benchmarks;

/// <summary>The least web application that the framework makes: the yardstick of our start and of our health.</summary>
internal static class BareApp
{
    public const string Verb = "bare";

    /// <summary>Serves until it is killed.</summary>
    /// <param name="logged">What it logs from: as it comes it writes two lines a call, which cost more than the call; ours writes none.</param>
    public static async Task<int> RunAsync(string url, LogLevel logged)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.SetMinimumLevel(logged);
        var app = builder.Build();
        app.MapGet("/healthz", static () => "ok");
        await app.RunAsync();
        return 0;
    }
}
