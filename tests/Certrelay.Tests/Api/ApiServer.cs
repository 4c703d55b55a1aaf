using System.Text.Json.Nodes;
using Certrelay.App;
using Certrelay.App.Embedded;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Targets.Local;
using Certrelay.Tests.Http;
using Certrelay.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Tests.Api;

/// <summary>The whole product on a free port of loopback and a folder that is gone after the test. Every answer is held to the API document.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EdgeClient _client = new();
    private WebApplication _app = null!;
    private ApiContract _contract = null!;

    private string VaultFolder => Path.Combine(_folder["data"], "vault");

    public string Admin { get; private set; } = "";

    public Uri Address { get; private set; } = null!;

    /// <summary>The folder below which targets write: the root <c>sites</c>.</summary>
    public string Sites => _folder["sites"];

    public static async Task<ApiServer> StartAsync(TimeProvider? time = null, HttpSettings? http = null, Func<Settings, Settings>? change = null)
    {
        var server = new ApiServer();
        Directory.CreateDirectory(server.Sites);
        server._app = Build(server._folder["data"], server.Sites, time, http, change);
        server.Admin = (await EmbeddedApp.PrepareAsync(server._app)).Text!;
        await server._app.StartAsync();
        server.Address = new Uri(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        server._contract = new ApiContract((await server._client.SendAsync("GET", new Uri(server.Address, "/api/openapi.json"), null, null, default)).Json.AsObject());
        return server;
    }

    /// <summary>The product as <c>serve</c> puts it together, not started.</summary>
    public static WebApplication Build(string data, string sites, TimeProvider? time = null, HttpSettings? http = null, Func<Settings, Settings>? change = null)
    {
        var settings = new Settings
        {
            DataFolder = data,
            Http = (http ?? new HttpSettings()) with { Url = "http://127.0.0.1:0" },
            Outgoing = new OutgoingOptions { AllowLoopbackEndpoints = true },
            Local = new LocalOptions
            {
                Roots = new Dictionary<string, string> { ["sites"] = sites },
                Commands = new Dictionary<string, LocalCommand> { ["fails"] = new() { Argv = ["/bin/false"] } },
            },
        };
        var quiet = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Logging:LogLevel:Default", (string?)"None")]).Build();
        return EmbeddedApp.Build((change?.Invoke(settings) ?? settings).InSuiteVault(time), quiet, time ?? TimeProvider.System, static services => services.AddSuiteVault());
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>A token of a role, held to a scope when one is given.</summary>
    public async Task<string> TokenAsync(Role role, params string[]? scope) =>
        (await Get<TokenRecords>().IssueAsync("test", [role], scope is { Length: 0 } ? null : scope, expires: null, "test", CancellationToken.None)).Text;

    /// <summary>Sends a request as the admin, or with a token, and holds the answer to the API document.</summary>
    public async Task<Reply> SendAsync(string method, string path, object? body = null, string? token = null, params (string Name, string Value)[] headers)
    {
        var reply = await _client.SendAsync(method, new Uri(Address, path), token ?? Admin, body, CancellationToken.None, headers);
        Assert.Empty(_contract.FaultsOf(method, path.Split('?')[0], reply));
        return reply;
    }

    public Task<Reply> GetAsync(string path, string? token = null, params (string Name, string Value)[] headers) =>
        SendAsync("GET", path, body: null, token, headers);

    /// <summary>Uploads PEM text.</summary>
    public Task<Reply> UploadAsync(string pem, string query = "", string? token = null) =>
        SendAsync("POST", $"/api/certificates{query}", PemContent(pem), token);

    public static StringContent PemContent(string pem) => new(pem, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-pem-file"));

    /// <summary>Registers a directory target in a folder of its own.</summary>
    public async Task TargetAsync(string name, string? certificate = null, object? endpoints = null, int? windowSeconds = null, string? test = null)
    {
        Directory.CreateDirectory(Path.Combine(Sites, name));
        var settings = new JsonObject { ["root"] = "sites", ["folder"] = name };
        if (test is not null)
            settings["test"] = test;
        var body = new JsonObject { ["name"] = name, ["kind"] = "directory", ["settings"] = settings };
        if (certificate is not null)
            body["certificate"] = certificate;
        if (endpoints is not null)
            body["endpoints"] = System.Text.Json.JsonSerializer.SerializeToNode(endpoints);
        if (windowSeconds is not null)
            body["windowSeconds"] = windowSeconds;
        var reply = await SendAsync("POST", "/api/targets", body.ToJsonString());
        Assert.Equal((201, $"/api/targets/{name}"), (reply.Status, reply.Headers["Location"]));
    }

    /// <summary>Each version of a certificate's key that the vault holds.</summary>
    public IReadOnlyList<string> CertificateKeys()
    {
        var all = SuiteVault.Of(_folder["data"])?.Entries ?? (Directory.Exists(VaultFolder) ? Directory.EnumerateFileSystemEntries(VaultFolder, "*", SearchOption.AllDirectories) : []);
        return [.. all.Where(static entry => entry.Contains("crt-", StringComparison.Ordinal))];
    }

    /// <summary>All that the store and the vault hold of certificates.</summary>
    public async Task<string> StoredAsync()
    {
        var rows = new List<string>();
        foreach (var table in new[] { Tables.Certificates, Tables.Index })
        {
            // Intermediates that were seen belong to no certificate and stay.
            await foreach (var row in Get<IRecordStore>().ScanAsync(table, null, CancellationToken.None).Where(static row => !row.Key.Partition.StartsWith("ca.", StringComparison.Ordinal)))
                rows.Add(row.Key.ToString());
        }

        return string.Join('\n', rows.Concat(CertificateKeys()));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
