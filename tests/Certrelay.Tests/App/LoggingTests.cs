using Certrelay.App;
using Certrelay.App.Embedded;
using Certrelay.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Certrelay.Tests.App;

/// <summary>What is logged, as it comes and as the settings say.</summary>
public sealed class LoggingTests : IDisposable
{
    // The category that logs each call.
    private const string Calls = "Microsoft.AspNetCore.Hosting.Diagnostics";

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(null, false)]
    [InlineData("Information", true)]
    public async Task Each_call_is_logged_where_the_settings_ask_for_it(string? level, bool isLogged)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (level is not null)
            settings[$"Logging:LogLevel:{Calls}"] = level;
        await using var app = EmbeddedApp.Build(
            new Settings { DataFolder = _folder["data"] }, new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), TimeProvider.System);
        await EmbeddedApp.PrepareAsync(app);

        var calls = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(Calls);
        Assert.Equal(isLogged, calls.IsEnabled(LogLevel.Information));
        // What the framework asks before it makes an activity for a call.
        Assert.Equal(isLogged, calls.IsEnabled(LogLevel.Critical));
    }

    public void Dispose() => _folder.Dispose();
}
