using System.Text.Json.Nodes;
using Certrelay.Simulators;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Api;
using Certrelay.Tests.Http;
using Certrelay.Tests.Support;
using Certrelay.Watch.Discovery;

namespace Certrelay.Tests.Discovery;

/// <summary>The product over HTTP with one account of a simulated vendor.</summary>
internal sealed class AccountDiscoveryBench : IAsyncDisposable
{
    public const string Account = "cloud";

    private readonly ISimulator _vendor;

    private AccountDiscoveryBench(ISimulator vendor, ApiServer api) => (_vendor, Api) = (vendor, api);

    public ApiServer Api { get; }

    public TestCertificate Authority { get; } = TestCertificates.Root().IssueAuthority("Test Intermediate");

    public static async Task<AccountDiscoveryBench> StartAsync(ISimulator vendor, string keyId, string secret, string region, DiscoverOptions? options = null)
    {
        var api = await ApiServer.StartAsync(change: settings => settings with
        {
            Clouds = new CloudOptions { Endpoints = new Dictionary<string, string> { [vendor.Vendor] = $"{vendor.Endpoint}" } },
            Discover = options ?? new DiscoverOptions(),
        });
        var made = await api.SendAsync("POST", "/api/accounts", new JsonObject
        {
            ["name"] = Account,
            ["vendor"] = vendor.Vendor,
            ["region"] = region,
            ["keyId"] = keyId,
            ["secret"] = secret,
        }.ToJsonString());
        Assert.True(made.Status == 201, made.Body);
        return new AccountDiscoveryBench(vendor, api);
    }

    public Task<Reply> SendAsync(string query = "", string? token = null) => Api.SendAsync("POST", $"/api/accounts/{Account}/discover{query}", null, token);

    /// <summary>The proposal; nothing was written for it, here or at the vendor.</summary>
    public async Task<JsonObject> DiscoverAsync()
    {
        var (before, writes) = (await Api.StoredAsync(), Writes());
        var reply = await SendAsync();
        Assert.True(reply.Status == 200, reply.Body);
        Assert.Equal(before, await Api.StoredAsync());
        Assert.Equal(writes, Writes());
        return reply.Json.AsObject();
    }

    public async Task<JsonObject> AcceptAsync(JsonObject proposal)
    {
        var reply = await Api.SendAsync("POST", "/api/discover/accept", proposal.ToJsonString());
        Assert.True(reply.Status == 200, reply.Body);
        return reply.Json.AsObject();
    }

    /// <summary>Each target that is proposed: its kind, certificate and endpoint, and its settings without the account.</summary>
    public static IEnumerable<string> Proposed(JsonObject proposal) => proposal["targets"]!.AsArray().Select(static target =>
    {
        var settings = target!["settings"]!.DeepClone().AsObject();
        Assert.True(settings.Remove("account"));
        var endpoint = target["endpoints"]!.AsArray() is [var first, ..] ? $"{first!["host"]}:{first["port"]} {first["serverName"]}".TrimEnd() : "nowhere";
        return $"{target["kind"]} {target["certificate"] ?? "none"} at {endpoint}: {settings.ToJsonString().Replace("\"", "", StringComparison.Ordinal)}";
    });

    public static IEnumerable<string> Names(JsonObject proposal, string of, string then) => proposal[of]!.AsArray().Select(item => $"{item!["name"]} {item[then]}");

    private int Writes() => _vendor.Calls.Count(static call => call.Writes);

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await _vendor.DisposeAsync();
        Authority.Dispose();
    }
}
