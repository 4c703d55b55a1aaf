using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Certrelay.Benchmarks;

/// <summary>The least web application that the framework makes: the yardstick of our start.</summary>
internal static class BareApp
{
    public static async Task<int> RunAsync(string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        var app = builder.Build();
        app.MapGet("/healthz", static () => "ok");
        await app.RunAsync();
        return 0;
    }
}
