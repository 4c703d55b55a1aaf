using System.Text.Json;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Simulators.Tencent;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Tests.Clouds;

/// <summary>Renewal after renewal into a store with room for two of ours, by an account that may call twenty times a minute.</summary>
public sealed class TenRenewalsTests
{
    private const int Calls = 20;
    private const double Speed = 20;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task All_pass_within_quota_and_budget_and_nothing_foreign_is_deleted()
    {
        using var folder = new TemporaryFolder();
        var (time, authority) = (new QuickTime(Speed), TestCertificates.Root().IssueAuthority("Test Intermediate"));
        await using var vendor = await TencentSimulator.StartAsync(time);
        await using var product = new RolloutBench(
            folder.Path,
            services => services.AddSingleton<TimeProvider>(time).AddSingleton(new RolloutOptions { Lease = 15 * Speed * TimeSpan.FromSeconds(1), ProbeTimeout = 5 * Speed * TimeSpan.FromSeconds(1) }),
            new CloudOptions
            {
                Endpoints = new Dictionary<string, string> { ["tencent"] = $"{vendor.Endpoint}" },
                Limits = new Dictionary<string, string> { ["tencent.ssl"] = $"{Calls}/60", ["tencent.cdn"] = $"{Calls}/60" },
                CallTimeoutSeconds = 300,
            });
        var foreign = authority.IssueLeaf("other.example.com");
        var theirs = vendor.AddCertificate(foreign.FullChainPem, foreign.KeyPem, "by hand");
        vendor.AddCdnDomain("www.example.com", null);
        vendor.CertificateQuota = 3;
        var key = TencentCredentials.Example;
        await product.AccountAsync("tencent", CloudVendor.Tencent, key.SecretId, key.SecretKey);
        await product.UploadAsync("shop", authority.IssueLeaf("www.example.com"));
        await product.TargetAsync(new TargetDescription
        {
            Name = "www",
            Kind = "tencent-cdn",
            Settings = JsonSerializer.SerializeToElement(new { account = "tencent", domains = (string[])["www.example.com"] }),
            Certificate = "shop",
            Endpoints = [new Endpoint("www.example.com", vendor.EdgePort) { Addresses = ["127.0.0.1"] }],
            Window = TimeSpan.FromMinutes(30),
        });
        await product.StartAsync();

        for (var renewal = 0; renewal < 10; renewal++)
        {
            var leaf = authority.IssueLeaf("www.example.com");
            await product.UploadAsync("shop", leaf);
            var step = Assert.Single((await product.SettledAsync(await product.RollOutAsync("shop"))).Steps);
            Assert.True(step.State == StepState.Verified, $"renewal {renewal}: {step.State} {step.Message}");
            Assert.Equal(leaf.Fingerprint, await Handshake.LeafAsync(vendor.EdgePort, "www.example.com"));
        }

        Assert.Contains(theirs, vendor.CertificateIds);
        Assert.True(vendor.CertificateIds.Count <= 3);
        Assert.True(vendor.Calls.Count(static call => call is { Action: "ssl.DeleteCertificate", Code: null }) >= 8);
        Assert.DoesNotContain(vendor.Calls, call => call.Action == "ssl.DeleteCertificate" && call.Resource.Contains(theirs, StringComparison.Ordinal));
        foreach (var service in (string[])["ssl.", "cdn."])
        {
            var times = vendor.Calls.Where(call => call.Action.StartsWith(service, StringComparison.Ordinal)).Select(static call => call.At).Order().ToList();
            Assert.All(times, first => Assert.InRange(times.Count(at => at >= first && at - first < Minute), 1, Calls));
        }
    }
}
