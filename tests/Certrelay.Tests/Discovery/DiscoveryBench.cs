using System.Text.Json;
using System.Text.Json.Nodes;
using Certrelay.App;
using Certrelay.Records;
using Certrelay.Tests.Api;
using Certrelay.Tests.Http;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;
using Certrelay.Watch.Discovery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Certrelay.Tests.Discovery;

/// <summary>The product with 127.0.0.0/29 as the operator's own network, and TLS servers in it.</summary>
internal sealed class DiscoveryBench : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<IAsyncDisposable> _sites = [];

    public ApiServer Api { get; private set; } = null!;

    public TestCertificate Root { get; } = TestCertificates.Root();

    public static async Task<DiscoveryBench> StartAsync(DiscoverOptions? options = null, Func<Settings, Settings>? change = null) => new()
    {
        Api = await ApiServer.StartAsync(change: settings =>
        {
            var own = settings with { Discover = options ?? new DiscoverOptions { Networks = ["127.0.0.0/29"] } };
            return change?.Invoke(own) ?? own;
        }),
    };

    /// <summary>A server of a leaf; returns its port.</summary>
    public TlsFileSite Serve(TestCertificate leaf, string address = "127.0.0.1", int port = 0)
    {
        var folder = Directory.CreateDirectory(_folder[$"site-{_sites.Count}"]).FullName;
        File.WriteAllText(Path.Combine(folder, "fullchain.pem"), leaf.FullChainPem);
        File.WriteAllText(Path.Combine(folder, "privkey.pem"), leaf.KeyPem);
        var site = new TlsFileSite(folder, address, port);
        _sites.Add(site);
        return site;
    }

    /// <summary>A web server that says which product it is; returns its port.</summary>
    public async Task<int> ServeWebAsync(TestCertificate leaf, string server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var certificate = leaf.ToX509();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(certificate);
            });
        });
        var site = builder.Build();
        site.Run(context =>
        {
            context.Response.Headers.Server = server;
            return context.Response.WriteAsync("hello");
        });
        await site.StartAsync();
        _sites.Add(site);
        return new Uri(site.Urls.Single()).Port;
    }

    public async Task<JsonObject> DiscoverAsync(object body)
    {
        var reply = await SendAsync(body);
        Assert.True(reply.Status == 200, reply.Body);
        return reply.Json.AsObject();
    }

    public Task<Reply> SendAsync(object body, string? token = null) =>
        Api.SendAsync("POST", "/api/discover", body is HttpContent ? body : JsonSerializer.Serialize(body), token);

    public static StringContent Csv(string text) => new(text, new System.Net.Http.Headers.MediaTypeHeaderValue("text/csv"));

    public async Task<JsonObject> AcceptAsync(JsonObject proposal)
    {
        var reply = await Api.SendAsync("POST", "/api/discover/accept", proposal.ToJsonString());
        Assert.True(reply.Status == 200, reply.Body);
        return reply.Json.AsObject();
    }

    public static IEnumerable<string> Outcomes(JsonObject answer, string of) =>
        answer[of]!.AsArray().Select(static item => $"{item!["name"]} {item["outcome"]}{(item["code"] is { } code ? $" {code}" : "")}");

    /// <summary>Every row that a certificate, a target or a hint of them would be.</summary>
    public async Task<string> StoredAsync()
    {
        var rows = new List<string>();
        foreach (var table in new[] { Tables.Certificates, Tables.Targets, Tables.Rollouts, Tables.Index, Tables.Due })
        {
            await foreach (var row in Api.Get<IRecordStore>().ScanAsync(table, null, CancellationToken.None))
                rows.Add($"{row.Key} {row.ETag}");
        }

        return string.Join('\n', rows) + await Api.StoredAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var site in _sites)
            await site.DisposeAsync();
        await Api.DisposeAsync();
        Root.Dispose();
        _folder.Dispose();
    }
}
