using Certrelay.App.Embedded.Host;
using Certrelay.App.Http;
using Certrelay.Records;
using Certrelay.Vault;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Certrelay.App.Embedded;

/// <summary>The whole embedded edition as one web application: API, timers and queues in one process.</summary>
public static partial class EmbeddedApp
{
    /// <summary>Puts the application together without starting anything. <paramref name="change"/> has the last word on its services.</summary>
    public static WebApplication Build(Settings settings, IConfiguration configuration, TimeProvider time, Action<IServiceCollection>? change = null)
    {
        var data = new EmbeddedData(settings, time);
        // Beside the putting together of everything else, which takes about as long.
        var preparation = new Preparation(Task.Run(() => data.PrepareAsync(time)));
        var edge = new EdgeOptions { BodyLimit = settings.Http.BodyLimit, BodyTimeout = TimeSpan.FromSeconds(settings.Http.BodyTimeoutSeconds) };
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(configuration);
        builder.WebHost.UseUrls(settings.Http.Url).UseKestrelHttpsConfiguration().ConfigureKestrel(server => server.ConfigureEdge(edge))
            // Input and output go to the pool's threads as they come; queues of the server's own between them make the slowest calls wait longer.
            .UseSockets(static sockets => sockets.IOQueueCount = 0);
        AddLogging(builder.Logging, builder.Configuration);
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
        builder.Services.AddHttpEdge(edge).AddCertrelay(settings).AddSingleton(time).AddSingleton(preparation).AddEmbedded(data);
        change?.Invoke(builder.Services);

        var app = builder.Build();
        if (settings.Http.BehindProxy)
            app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost });
        app.MapFunctions();
        return app;
    }

    /// <summary>
    /// Ends once the vault is open, a rotation that was cut short has ended, and the first token is there. Throws <see cref="VaultRefusedException"/> with every reason
    /// why the vault cannot be opened.
    /// </summary>
    public static Task<FirstToken> PrepareAsync(WebApplication app)
    {
        var data = app.Services.GetRequiredService<DataFolder>();
        var embedded = app.Services.GetRequiredService<Settings>().Vault.Uri is null;
        if (embedded && app.Services.GetRequiredService<IMasterKeySource>() is MasterKeyFile key && key.WarningWithin(data.Root) is { } warning)
            Log.Warning(app.Logger, warning.Code, warning.Message, warning.Remedy);
        return app.Services.GetRequiredService<Preparation>().FirstToken;
    }

    private static void AddLogging(ILoggingBuilder logging, ConfigurationManager configuration)
    {
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // As long as it may log anything, it makes an activity for each call, which nobody reads: the edge has the correlation.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // Behind our own words, of which the last one counts.
        logging.AddConfiguration(configuration.GetSection("Logging"));
        if (Console.IsOutputRedirected)
            logging.AddJsonConsole(static options => options.IncludeScopes = true);
        else
            logging.AddSimpleConsole(static options => (options.SingleLine, options.IncludeScopes) = (true, true));
    }

    private sealed record Preparation(Task<FirstToken> FirstToken);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Code}: {Text} {Remedy}")]
        public static partial void Warning(ILogger logger, string code, string text, string remedy);
    }
}
