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
    public static WebApplication Build(Settings settings, IConfiguration configuration, Action<IServiceCollection>? change = null)
    {
        var edge = new EdgeOptions { BodyLimit = settings.Http.BodyLimit, BodyTimeout = TimeSpan.FromSeconds(settings.Http.BodyTimeoutSeconds) };
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(configuration);
        builder.WebHost.UseUrls(settings.Http.Url).UseKestrelHttpsConfiguration().ConfigureKestrel(server => server.ConfigureEdge(edge));
        AddLogging(builder.Logging, builder.Configuration);
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
        builder.Services.AddHttpEdge(edge).AddCertrelay(settings).AddEmbedded(settings);
        change?.Invoke(builder.Services);

        var app = builder.Build();
        if (settings.Http.BehindProxy)
            app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost });
        app.MapFunctions();
        return app;
    }

    /// <summary>
    /// Opens the vault, ends a rotation that was cut short, and sees to the first token. Throws <see cref="VaultRefusedException"/> with every reason
    /// why the vault cannot be opened.
    /// </summary>
    public static async Task<FirstToken> PrepareAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var data = app.Services.GetRequiredService<DataFolder>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        _ = app.Services.GetRequiredService<IVault>();
        if (app.Services.GetRequiredService<IMasterKeySource>() is MasterKeyFile key)
        {
            if (key.WarningWithin(data.Root) is { } warning)
                Log.Warning(app.Logger, warning.Code, warning.Message, warning.Remedy);
            await VaultRotation.ResumeAsync(data.Vault, key, time, cancellationToken);
        }

        return await FirstToken.EnsureAsync(app.Services.GetRequiredService<IRecordStore>(), data.Root, time, cancellationToken);
    }

    private static void AddLogging(ILoggingBuilder logging, ConfigurationManager configuration)
    {
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        if (Console.IsOutputRedirected)
            logging.AddJsonConsole(static options => options.IncludeScopes = true);
        else
            logging.AddSimpleConsole(static options => (options.SingleLine, options.IncludeScopes) = (true, true));
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Code}: {Text} {Remedy}")]
        public static partial void Warning(ILogger logger, string code, string text, string remedy);
    }
}
