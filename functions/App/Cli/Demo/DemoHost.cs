using System.Net.Http.Headers;
using Certrelay.App.Embedded;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Certrelay.App.Cli.Demo;

/// <summary>The product itself, as <c>serve</c> runs it, on a free loopback port; the story talks to it over HTTP with its first token.</summary>
internal sealed class DemoHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DemoHost(WebApplication app, Uri address, HttpClient client) => (_app, Address, Client) = (app, address, client);

    public Uri Address { get; }

    public HttpClient Client { get; }

    public static string ReloadOf(DemoSite site) => $"reload-{site.Name}";

    public static async Task<DemoHost> StartAsync(
        DemoFolder folder, IReadOnlyList<DemoSite> sites, TimeProvider time, CancellationToken cancellationToken)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Values(folder, sites)).Build();
        var app = EmbeddedApp.Build(SettingsCheck.Read(configuration), configuration, time, services =>
        {
            services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(new WarningFile(folder.Log, time));
            // Ctrl+C ends the story, and the story ends the host.
            services.AddSingleton<IHostLifetime, StoryLifetime>();
            // Loopback is never behind a proxy, whatever the environment says.
            services.AddHttpClient(nameof(Demo)).ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { UseProxy = false });
        });
        try
        {
            var token = await EmbeddedApp.PrepareAsync(app);
            await app.StartAsync(cancellationToken);
            var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(Demo));
            client.BaseAddress = address;
            var text = await File.ReadAllTextAsync(token.File, cancellationToken);
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", text.Trim());
            return new DemoHost(app, address, client);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static Dictionary<string, string?> Values(DemoFolder folder, IEnumerable<DemoSite> sites)
    {
        var values = new Dictionary<string, string?>
        {
            ["DataFolder"] = folder.Data,
            ["Http:Url"] = "http://127.0.0.1:0",
            ["Vault:MasterKeyFile"] = folder.MasterKey,
            ["Outgoing:AllowLoopbackEndpoints"] = "true",
            ["Local:Roots:sites"] = folder.Sites,
        };
        foreach (var site in sites)
        {
            foreach (var (place, word) in OwnProgram.Argv(DemoReloadCommand.Verb, site.ControlPort.ToString()).Index())
                values[$"Local:Commands:{ReloadOf(site)}:Argv:{place}"] = word;
        }

        return values;
    }

    private sealed class StoryLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
