using System.Text.Json.Nodes;
using Certrelay.Simulators;
using Certrelay.Simulators.Aws;
using Certrelay.Simulators.Huawei;
using Certrelay.Simulators.Tencent;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;
using Certrelay.Vault;
using Certrelay.Watch.Discovery;
using static Certrelay.Tests.Discovery.AccountDiscoveryBench;

namespace Certrelay.Tests.Discovery;

/// <summary>What an account has bound already is found, proposed and adopted.</summary>
public sealed class AccountDiscoveryTests
{
    [Fact]
    public async Task Every_binding_of_aws_is_proposed_with_its_certificate()
    {
        var aws = await AwsSimulator.StartAsync(TimeProvider.System);
        await using var bench = await AwsAsync(aws);
        var shop = Add(aws, bench, "shop.example.com");
        var web = aws.AddLoadBalancer(AwsClient.Region, LoadBalancerKind.Application, "web");
        web.AddListener(80, "HTTP", null);
        var https = web.AddListener(443, "HTTPS", shop).Arn;
        using (var client = new AwsClient(aws, TimeProvider.System))
            await client.ElbV2Async("AddListenerCertificates", ("ListenerArn", https), ("Certificates.member.1.CertificateArn", Add(aws, bench, "*.api.example.com")));
        var mail = aws.AddLoadBalancer(AwsClient.Region, LoadBalancerKind.Network, "mail").AddListener(465, "TLS", shop).Arn;
        aws.AddLoadBalancer("us-west-2", LoadBalancerKind.Network, "elsewhere").AddListener(443, "TLS", Add(aws, bench, "elsewhere.example.com", "us-west-2"));
        aws.AddLoadBalancer(AwsClient.Region, LoadBalancerKind.Classic, "old").AddListener(8443, "HTTPS", AddServer(aws, bench, "old.example.com"));
        aws.AddDistribution("E2QWRUHAPOMQZL", ["www.example.com"], Add(aws, bench, "www.example.com", "us-east-1"));
        aws.AddDistribution("E3OWNCERTIFICATE", [], null);

        var proposal = await bench.DiscoverAsync();

        Assert.Equal(
            [
                $"aws-alb shop-example-com at web.elb.example:443 shop.example.com: {{listeners:[{https}],certificate:default}}",
                $"aws-alb wildcard-api-example-com at web.elb.example:443 www.api.example.com: {{listeners:[{https}],certificate:sni}}",
                "aws-clb old-example-com at old.elb.example:8443 old.example.com: {region:eu-west-1,loadBalancer:old,ports:[8443]}",
                "aws-cloudfront www-example-com at de2qwruhapomqzl.cloudfront.example:443 www.example.com: {distributions:[E2QWRUHAPOMQZL],match:listed}",
                $"aws-nlb shop-example-com at mail.elb.example:465 shop.example.com: {{listeners:[{mail}],certificate:default}}",
            ],
            Proposed(proposal).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["old-example-com new", "shop-example-com new", "wildcard-api-example-com new", "www-example-com new"],
            Names(proposal, "certificates", "state").Order(StringComparer.Ordinal));
        Assert.Empty(proposal["failures"]!.AsArray());
        Assert.Empty(proposal["remaining"]!.AsArray());
    }

    [Fact]
    public async Task Every_binding_of_huawei_is_proposed_with_its_certificate()
    {
        var huawei = await HuaweiSimulator.StartAsync(TimeProvider.System, new HuaweiOptions { WithResources = false });
        await using var bench = await AccountDiscoveryBench.StartAsync(huawei, HuaweiOptions.Example.AccessKey, HuaweiOptions.Example.SecretKey, "cn-north-4");
        using var shop = bench.Authority.IssueLeaf("shop.example.com");
        using var api = bench.Authority.IssueLeaf("api.example.com");
        huawei.Cdn.AddDomain("shop.example.com", shop.FullChainPem, shop.KeyPem);
        huawei.Cdn.AddDomain("plain.example.com");
        var listener = huawei.ElbListeners.Add(
            huawei.ElbCertificates.Add("shop", shop.FullChainPem, shop.KeyPem), [huawei.ElbCertificates.Add("api", api.FullChainPem, api.KeyPem, "api.example.com")]);
        huawei.Waf.AddHost("api.example.com", huawei.Waf.AddCertificate("api", api.FullChainPem, api.KeyPem), isPremium: true);
        huawei.Waf.AddHost("bare.example.com");

        var proposal = await bench.DiscoverAsync();

        var port = huawei.ElbListeners.PortOf(listener);
        Assert.Equal(
            [
                "huawei-cdn shop-example-com at shop.example.com:443: {domains:[shop.example.com],match:listed}",
                $"huawei-elb api-example-com at api.example.com:{port}: {{region:cn-north-4,listener:{listener},place:sni}}",
                $"huawei-elb shop-example-com at shop.example.com:{port}: {{region:cn-north-4,listener:{listener},place:default}}",
                "huawei-waf api-example-com at api.example.com:443: {region:cn-north-4,hosts:[api.example.com],mode:premium}",
            ],
            Proposed(proposal).Order(StringComparer.Ordinal));
        Assert.Empty(proposal["failures"]!.AsArray());
    }

    [Fact]
    public async Task Every_binding_of_tencent_is_proposed_with_its_certificate()
    {
        var tencent = await TencentSimulator.StartAsync(TimeProvider.System);
        await using var bench = await AccountDiscoveryBench.StartAsync(tencent, TencentCredentials.Example.SecretId, TencentCredentials.Example.SecretKey, "ap-guangzhou");
        using var leaf = bench.Authority.IssueLeaf("shop.example.com", "live.example.com");
        var id = tencent.AddCertificate(leaf.FullChainPem, leaf.KeyPem, "by hand");
        tencent.AddCdnDomain("shop.example.com", id);
        tencent.AddCdnDomain("plain.example.com", null);
        tencent.AddListener("ap-guangzhou", "lb-1", "lbl-1", id, ["shop.example.com"]);
        tencent.AddSniListener("ap-guangzhou", "lb-2", "lbl-2", ("shop.example.com", id), ("none.example.com", null));
        tencent.AddListener("ap-beijing", "lb-3", "lbl-3", id, ["shop.example.com"]);
        tencent.AddWafDomain("shop.example.com", "domain-1", "waf_1", "ap-guangzhou", id);
        tencent.AddJobDomain("live", "live.example.com", id);

        var proposal = await bench.DiscoverAsync();

        Assert.Equal(
            [
                "tencent-cdn shop-example-com at shop.example.com:443: {domains:[shop.example.com],match:listed}",
                "tencent-clb shop-example-com at 127.0.0.1:443 shop.example.com: {region:ap-guangzhou,loadBalancer:lb-1,listener:lbl-1,domains:[],match:listed}",
                "tencent-clb shop-example-com at 127.0.0.1:443 shop.example.com: {region:ap-guangzhou,loadBalancer:lb-2,listener:lbl-2,domains:[shop.example.com],match:listed}",
                "tencent-live shop-example-com at live.example.com:443: {domains:[live.example.com]}",
                "tencent-waf shop-example-com at shop.example.com:443: {region:ap-guangzhou,domains:[shop.example.com],match:listed}",
            ],
            Proposed(proposal).Order(StringComparer.Ordinal));
        Assert.Single(proposal["certificates"]!.AsArray());
        Assert.Empty(proposal["failures"]!.AsArray());
    }

    [Fact]
    public async Task A_proposal_is_accepted_as_it_is_known_from_then_on_and_looked_after_by_rollouts()
    {
        var aws = await AwsSimulator.StartAsync(TimeProvider.System);
        await using var bench = await AwsAsync(aws);
        var listener = aws.AddLoadBalancer(AwsClient.Region, LoadBalancerKind.Application, "web").AddListener(443, "HTTPS", Add(aws, bench, "shop.example.com"));
        var proposal = await bench.DiscoverAsync();
        // No name of the test leads to the simulator.
        proposal["targets"]![0]!["endpoints"]![0]!["addresses"] = new JsonArray("127.0.0.1");
        proposal["targets"]![0]!["endpoints"]![0]!["port"] = listener.Tls!.Port;

        var first = await bench.AcceptAsync(proposal);
        var again = await bench.DiscoverAsync();
        var second = await bench.AcceptAsync(again.DeepClone().AsObject());

        Assert.Equal(["shop-example-com created", "aws-alb-web-443 created"], DiscoveryBench.Outcomes(first, "certificates").Concat(DiscoveryBench.Outcomes(first, "targets")));
        Assert.Equal(["shop-example-com known", "aws-alb-web-443 known"], Names(again, "certificates", "state").Concat(Names(again, "targets", "state")));
        Assert.Equal(["shop-example-com unchanged", "aws-alb-web-443 unchanged"], DiscoveryBench.Outcomes(second, "certificates").Concat(DiscoveryBench.Outcomes(second, "targets")));
        var torn = proposal.DeepClone().AsObject();
        torn["targets"]![0]!["settings"] = 5;
        Assert.Equal(["aws-alb-web-443 refused record.target-exists"], DiscoveryBench.Outcomes(await bench.AcceptAsync(torn), "targets"));
        using var renewed = bench.Authority.IssueLeaf("shop.example.com");
        Assert.Equal(201, (await bench.Api.UploadAsync(renewed.FullChainPem + renewed.KeyPem, "?name=shop-example-com")).Status);
        var rollout = await bench.Api.SendAsync("POST", "/api/rollouts?wait=60s", """{"certificate":"shop-example-com","reason":"adopted"}""");
        Assert.True((string?)rollout.Json["state"] == "verified", rollout.Body);
        Assert.Equal(aws.CertificatesIn(AwsClient.Region)[^1], listener.DefaultCertificate);
    }

    [Fact]
    public async Task What_the_account_may_not_read_is_named_beside_what_was_found()
    {
        var aws = await AwsSimulator.StartAsync(TimeProvider.System);
        await using var bench = await AwsAsync(aws);
        aws.AddLoadBalancer(AwsClient.Region, LoadBalancerKind.Classic, "old").AddListener(8443, "HTTPS", AddServer(aws, bench, "old.example.com"));
        aws.Deny("cloudfront.ListDistributions");

        var proposal = await bench.DiscoverAsync();

        Assert.StartsWith("aws-clb", Assert.Single(Proposed(proposal)), StringComparison.Ordinal);
        var failure = Assert.Single(proposal["failures"]!.AsArray())!;
        Assert.Equal(("aws-cloudfront", "cloud.permission"), ((string?)failure["endpoint"], (string?)failure["code"]));
    }

    [Fact]
    public async Task An_account_whose_secret_the_vault_has_lost_says_what_to_do_and_is_not_called()
    {
        var aws = await AwsSimulator.StartAsync(TimeProvider.System);
        await using var bench = await AwsAsync(aws);
        var vault = bench.Api.Get<IVault>();
        await foreach (var version in vault.VersionsAsync("acc-cloud", CancellationToken.None))
            await vault.RemoveVersionAsync(version.Reference, CancellationToken.None);

        var proposal = await bench.DiscoverAsync();

        Assert.Equal(4, proposal["failures"]!.AsArray().Count);
        Assert.All(proposal["failures"]!.AsArray(), static failure => Assert.Equal("target.account", (string?)failure!["code"]));
        Assert.Empty(aws.Calls);
    }

    [Fact]
    public async Task What_there_is_no_time_for_is_named()
    {
        var aws = await AwsSimulator.StartAsync(TimeProvider.System);
        await using var bench = await AwsAsync(aws, new DiscoverOptions { LimitSeconds = 1 });
        aws.AddDistribution("E2QWRUHAPOMQZL", ["www.example.com"], Add(aws, bench, "www.example.com", "us-east-1"));
        aws.Rudeness.Add(new FaultRule("elbv2.DescribeLoadBalancers", Fault.Slow, int.MaxValue, TimeSpan.FromSeconds(20)));

        var proposal = await bench.DiscoverAsync();

        Assert.StartsWith("aws-cloudfront", Assert.Single(Proposed(proposal)), StringComparison.Ordinal);
        Assert.Equal(["aws-alb", "aws-nlb"], proposal["remaining"]!.AsArray().Select(static kind => (string?)kind));
    }

    [Fact]
    public async Task A_region_that_is_none_an_unknown_account_and_a_watched_target_without_an_endpoint_are_refused()
    {
        var aws = await AwsSimulator.StartAsync(TimeProvider.System);
        await using var bench = await AwsAsync(aws);

        var region = await bench.SendAsync("?region=Not%20One");
        var unknown = await bench.Api.SendAsync("POST", "/api/accounts/nobody/discover");
        var bare = await bench.Api.SendAsync("POST", "/api/discover/accept", """{"targets":[{"name":"a","endpoints":[]}]}""");

        Assert.Equal((400, "query.invalid"), (region.Status, (string?)region.Json["code"]));
        Assert.Equal((404, "resource.unknown"), (unknown.Status, (string?)unknown.Json["code"]));
        Assert.Equal((400, "body.invalid", "/targets/0/endpoints"), (bare.Status, (string?)bare.Json["code"], (string?)bare.Json["faults"]![0]!["at"]));
    }

    private static Task<AccountDiscoveryBench> AwsAsync(AwsSimulator aws, DiscoverOptions? options = null) =>
        AccountDiscoveryBench.StartAsync(aws, AwsKey.Lasting.AccessKeyId, AwsKey.Lasting.SecretAccessKey, AwsClient.Region, options);

    private static string Add(AwsSimulator aws, AccountDiscoveryBench bench, string name, string region = AwsClient.Region)
    {
        using var leaf = bench.Authority.IssueLeaf(name);
        return aws.AddCertificate(region, leaf.Pem, Chain(leaf), leaf.KeyPem);
    }

    private static string AddServer(AwsSimulator aws, AccountDiscoveryBench bench, string name)
    {
        using var leaf = bench.Authority.IssueLeaf(name);
        return aws.AddServerCertificate("old", "/", leaf.Pem, Chain(leaf), leaf.KeyPem).Arn;
    }

    private static string Chain(TestCertificate leaf) => string.Concat(leaf.Intermediates().Select(static one => one.Pem));
}
