using System.Security.Cryptography;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;
using Certrelay.Tests.Watch;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Discovery;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Tests.Discovery;

public sealed class AdoptedWatchTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> NoTags = [];

    private readonly WatchBench _bench = new(static services => services.AddSingleton(new DiscoverOptions { Networks = ["127.0.0.0/29"] }));
    private readonly TemporaryFolder _folder = new();
    private TlsFileSite _site = null!;

    private DateTimeOffset Now => _bench.Time.GetUtcNow();

    [Fact]
    public async Task What_was_adopted_is_probed_and_its_drift_is_told()
    {
        using var leaf = _bench.Leaf(Now.AddDays(-1), Now.AddDays(400), "shop.example.test");
        using var renewed = _bench.Leaf(Now, Now.AddDays(400), "shop.example.test");
        var target = await AdoptAsync(leaf);

        await _bench.TickAsync();
        var seen = (await _bench.Get<IRecordStore>().ReadAsync<ProbeRecord>(ProbeRecord.Key(target), default))!.Value;
        Swap(renewed);
        await _bench.WalkAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(30));
        var alert = Assert.Single(await _bench.AlertsAsync());
        await AdoptAsync(renewed);
        await _bench.WalkAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(30));

        Assert.Equal(leaf.Fingerprint, Assert.Single(seen.Leaves).Fingerprint);
        Assert.Equal((AlertKinds.TargetDrift, target, "web"), (alert.Alert.Kind, alert.Alert.Subject, alert.Alert.Owner));
        // The renewed leaf was adopted as the next version: it is what is expected now.
        Assert.NotNull(Assert.Single(await _bench.AlertsAsync()).Resolved);
    }

    [Fact]
    public async Task The_owner_of_what_was_adopted_is_told_of_every_level_of_its_life_once()
    {
        using var leaf = _bench.Leaf(Now, Now.AddDays(6), "shop.example.test");
        await AdoptAsync(leaf);

        await _bench.WalkAsync(TimeSpan.FromDays(6.2), TimeSpan.FromHours(1));

        var alerts = await _bench.AlertsAsync();
        Assert.Equal([0, 1, 2, 3, 4], alerts.Select(static record => record.Alert.Ordinal));
        Assert.All(alerts, static record => Assert.Equal(("shop-example-test", "web"), (record.Alert.Subject, record.Alert.Owner)));
        Assert.All(alerts, static record => Assert.Contains("discover them again", record.Alert.NextStep, StringComparison.Ordinal));
    }

    public Task InitializeAsync()
    {
        _site = new TlsFileSite(_folder["."]);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _site.DisposeAsync();
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Serves a leaf, discovers it and accepts what is proposed; returns the target's name.</summary>
    private async Task<string> AdoptAsync(TestCertificate leaf)
    {
        Swap(leaf);
        var entry = new DiscoveryEntry("site", new Endpoint("127.0.0.1", _site.Port), "web", NoTags);
        var found = await _bench.Get<EndpointDiscovery>().ProbeAsync([entry], TimeSpan.FromSeconds(5), CancellationToken.None);
        var proposal = await _bench.Get<ProposalDraft>().DraftAsync(found, static _ => true, CancellationToken.None);
        var certificate = Assert.Single(proposal.Certificates);
        var pem = System.Text.Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", certificate.Leaf.Der.Span));
        var adoption = _bench.Get<Adoption>();
        Assert.NotEqual(AdoptionOutcome.Refused, (await adoption.CertificateAsync(certificate.Name, pem, certificate.Owner, certificate.Tags, CancellationToken.None)).Outcome);
        var target = Assert.Single(proposal.Targets);
        var description = new TargetDescription
        {
            Name = target.Name,
            Kind = "endpoint-only",
            Settings = System.Text.Json.JsonElement.Parse("{}"),
            Certificate = target.Certificate,
            Endpoints = [Assert.IsType<Endpoint>(target.Endpoint)],
            Owner = target.Owner,
        };
        Assert.NotEqual(AdoptionOutcome.Refused, (await adoption.TargetAsync(description, CancellationToken.None)).Outcome);
        return target.Name;
    }

    private void Swap(TestCertificate leaf)
    {
        File.WriteAllText(_folder["fullchain.pem"], leaf.FullChainPem);
        File.WriteAllText(_folder["privkey.pem"], leaf.KeyPem);
        File.AppendAllText(_folder["reloads"], "swapped\n");
    }
}
