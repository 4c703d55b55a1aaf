using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Core.Pipeline;
using Certrelay.App;
using Certrelay.App.Embedded;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.CrashHost;
using Certrelay.Records;
using Certrelay.Simulators.KeyVault;
using Certrelay.Targets.Local;
using Certrelay.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Certrelay.RealParts.Secrets;

/// <summary>The whole product on a loopback port, everything logged to a file, and a client that keeps every answer in another.</summary>
internal sealed class SecretSite : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly FileStream _answers;
    private KeyVaultSimulator? _simulator;
    private WebApplication? _app;

    private SecretSite() => _answers = new FileStream(_folder["answers"], FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>Where the keys are; null: in the embedded vault.</summary>
    public SimulatedVault? KeyVault { get; private init; }

    public string Folder => _folder.Path;

    public string Database => Path.Combine(Folder, "data", "certrelay.db");

    public string Log => _folder["product.log"];

    public string Answers => _folder["answers"];

    public T Get<T>()
        where T : notnull => _app!.Services.GetRequiredService<T>();

    public FaultyStore Store => (FaultyStore)_app!.Services.GetRequiredService<IRecordStore>();

    /// <summary>Starts it with the embedded vault, or with one on the simulator.</summary>
    public static async Task<SecretSite> StartAsync(KeyVaultSimulator? simulator = null)
    {
        var site = new SecretSite { _simulator = simulator, KeyVault = simulator?.NewVault() };
        Directory.CreateDirectory(site._folder["sites"]);
        await site.RunAsync();
        return site;
    }

    /// <summary>The folder of a target with a pair in it.</summary>
    public string Target(string name, TestCertificate pair)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "sites", name)).FullName;
        File.WriteAllText(Path.Combine(folder, "fullchain.pem"), pair.FullChainPem);
        File.WriteAllText(Path.Combine(folder, "privkey.pem"), pair.KeyPem);
        return folder;
    }

    /// <summary>Sends a request; the answer is kept with its headers.</summary>
    public async Task<(int Status, string Body)> SendAsync(string method, string path, string? type = null, string? body = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type!));
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        await _answers.WriteAsync(Encoding.UTF8.GetBytes($"{method} {path}\n{response}\n{text}\n\n"));
        return ((int)response.StatusCode, text);
    }

    public async Task<JsonNode> JsonAsync(string method, string path, JsonNode body, int status, string? ifMatch = null)
    {
        var answer = await SendAsync(method, path, "application/json", body.ToJsonString(), ifMatch);
        Assert.True(answer.Status == status, $"{method} {path}: {answer.Status} {answer.Body}");
        return JsonNode.Parse(answer.Body)!;
    }

    public async Task StopAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await StopAsync();
        _client.Dispose();
        await _answers.DisposeAsync();
        _folder.Dispose();
    }

    private async Task RunAsync()
    {
        var shared = CrashSettings.Of(Folder);
        var settings = shared with
        {
            Vault = KeyVault is null ? shared.Vault : new VaultSettings
            {
                Uri = KeyVault.Address.ToString(),
                TenantId = KeyVaultSimulator.TenantId,
                ClientId = KeyVaultSimulator.ClientId,
                ClientSecret = _simulator!.ClientSecret,
            },
            Http = new HttpSettings { Url = "http://127.0.0.1:0", BodyLimit = 64 * 1024 },
            Local = shared.Local with
            {
                Commands = new Dictionary<string, LocalCommand>(shared.Local.Commands)
                {
                    // What the restore then finds is no file that it could replace.
                    ["breaks"] = new() { Argv = ["/bin/sh", "-c", $"cd '{Folder}/sites/broken' && rm privkey.pem && mkdir privkey.pem; exit 3"] },
                },
            },
        };
        _app = EmbeddedApp.Build(settings, new ConfigurationBuilder().AddInMemoryCollection().Build(), TimeProvider.System, services =>
        {
            services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(new LogFile(Log));
            services.PostConfigure<LoggerFilterOptions>(static options =>
            {
                options.Rules.Clear();
                options.MinLevel = LogLevel.Trace;
            });
            if (_simulator is not null)
                services.AddSingleton<HttpPipelineTransport>(new HttpClientTransport(_simulator.NewHandler()));
            services.AddSingleton<SqliteRecordStore>().AddSingleton<IRecordStore>(provider => new FaultyStore(provider.GetRequiredService<SqliteRecordStore>()));
        });
        var token = await EmbeddedApp.PrepareAsync(_app);
        await _app.StartAsync();
        _client.BaseAddress = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(token.File)).Trim());
    }
}
