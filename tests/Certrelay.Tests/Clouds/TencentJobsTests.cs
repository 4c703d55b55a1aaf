using System.Text.Json.Nodes;
using Certrelay.Simulators.Tencent;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Clouds;

/// <summary>The deployment jobs of the simulated certificate store.</summary>
public sealed class TencentJobsTests : IAsyncLifetime
{
    private const string Region = "ap-guangzhou";

    private static readonly TencentCallOptions InRegion = new() { Region = Region };

    private readonly ManualTime _time = new(TestCertificates.Now);
    private readonly TestCertificate _root = TestCertificates.Root();
    private readonly TestCertificate _before;
    private readonly TestCertificate _after;
    private TencentSimulator _simulator = null!;
    private TencentCaller _caller = null!;

    public TencentJobsTests() => (_before, _after) = (_root.IssueLeaf("a.example.com", "b.example.com"), _root.IssueLeaf("a.example.com", "b.example.com"));

    public async Task InitializeAsync()
    {
        _simulator = await TencentSimulator.StartAsync(_time);
        _caller = new TencentCaller(_simulator.Endpoint, _time);
        _simulator.AddCertificate(_before.FullChainPem, _before.KeyPem, "before", "before01");
        _simulator.AddCertificate(_after.FullChainPem, _after.KeyPem, "after", "after001");
    }

    public async Task DisposeAsync()
    {
        _caller.Dispose();
        await _simulator.DisposeAsync();
        _before.Dispose();
        _after.Dispose();
        _root.Dispose();
    }

    [Theory]
    [InlineData("teo", "a.example.com")]
    [InlineData("live", "a.example.com")]
    [InlineData("vod", "a.example.com")]
    [InlineData("cos", "ap-guangzhou|files-125|a.example.com")]
    [InlineData("cdn", "a.example.com|on")]
    [InlineData("waf", "a.example.com")]
    public async Task A_job_is_empty_then_running_then_over_and_served(string type, string instance)
    {
        Add(type, "a.example.com");

        var job = await _caller.CallAsync("ssl.DeployCertificateInstance", Deploy(type, instance), InRegion);
        var again = await _caller.CallAsync("ssl.DeployCertificateInstance", Deploy(type, instance), InRegion);
        var id = job["DeployRecordId"]!.GetValue<int>();
        var counted = new List<(int Total, int Running, int Good)> { await CountAsync(id) };
        _time.Advance(_simulator.Pace.Job / 2);
        counted.Add(await CountAsync(id));
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(_simulator.EdgePort, "a.example.com"));
        _time.Advance(_simulator.Pace.Job);
        counted.Add(await CountAsync(id));

        Assert.Equal((1, 0, id), (job["DeployStatus"]!.GetValue<int>(), again["DeployStatus"]!.GetValue<int>(), again["DeployRecordId"]!.GetValue<int>()));
        Assert.Equal([(0, 0, 0), (1, 1, 0), (1, 0, 1)], counted);
        Assert.Equal(_after.Fingerprint, await Handshake.LeafAsync(_simulator.EdgePort, "a.example.com"));
    }

    [Fact]
    public async Task One_refused_domain_does_not_stop_the_others()
    {
        Add("teo", "a.example.com");
        Add("teo", "b.example.com");
        _simulator.Refuse("b.example.com");

        var id = (await _caller.CallAsync("ssl.DeployCertificateInstance", Deploy("teo", "a.example.com", "b.example.com")))["DeployRecordId"]!.GetValue<int>();
        _time.Advance(_simulator.Pace.Job);
        var answer = await RecordsAsync(id);

        Assert.Equal((1, 1), (answer["SuccessTotalCount"]!.GetValue<int>(), answer["FailedTotalCount"]!.GetValue<int>()));
        Assert.Equal(
            [("a.example.com", 1), ("b.example.com", 2)],
            answer["DeployRecordDetailList"]!.AsArray().Select(static one => (one!["InstanceId"]!.GetValue<string>(), one["Status"]!.GetValue<int>())));
        Assert.Equal(_after.Fingerprint, await Handshake.LeafAsync(_simulator.EdgePort, "a.example.com"));
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(_simulator.EdgePort, "b.example.com"));
    }

    [Fact]
    public async Task No_job_is_made_for_what_is_unknown_unfit_or_done_already()
    {
        Add("teo", "a.example.com");
        Add("teo", "z.example.com");
        _simulator.AddListener(Region, "lb-1", "lbl-norule", "before01", []);
        _simulator.AddListener(Region, "lb-1", "lbl-regex", "before01", ["~^a"]);
        _simulator.AddListener(Region, "lb-1", "lbl-l4", "before01", [], "TCP_SSL");
        async Task<string?> CodeAsync(string type, string instance, string certificate = "after001")
        {
            var body = Deploy(type, instance);
            body["CertificateId"] = certificate;
            return await _caller.CodeAsync("ssl.DeployCertificateInstance", body, type == "clb" ? InRegion : null);
        }

        Assert.Equal("FailedOperation.CertificateDeployInstanceEmpty", await CodeAsync("teo", "y.example.com"));
        Assert.Equal("FailedOperation.CertificateNotDeployInstance", await CodeAsync("teo", "a.example.com", "before01"));
        Assert.Equal("FailedOperation.CertificateNotDeployInstance", await CodeAsync("teo", "z.example.com"));
        Assert.Equal("FailedOperation.CertificateNotDeployInstance", await CodeAsync("clb", "lb-1|lbl-norule"));
        Assert.Equal("FailedOperation.CertificateNotDeployInstance", await CodeAsync("clb", "lb-1|lbl-regex"));
        Assert.Equal("FailedOperation.CertificateNotFound", await CodeAsync("teo", "a.example.com", "absent01"));
        Assert.Equal("MissingParameter", await CodeAsync("cos", "ap-guangzhou|files-125|a.example.com"));
        Assert.Equal("InvalidParameter", await CodeAsync("cdn", "a.example.com"));
        Assert.Null(await CodeAsync("clb", "lb-1|lbl-l4"));
    }

    [Fact]
    public async Task The_stores_view_of_resources_is_half_an_hour_old_unless_it_looks_again()
    {
        Add("teo", "a.example.com");
        Assert.Equal("FailedOperation.CertificateDeployInstanceEmpty", await _caller.CodeAsync("ssl.DeployCertificateInstance", Deploy("teo", "b.example.com")));
        Add("teo", "b.example.com");
        var fresh = Deploy("teo", "b.example.com");
        fresh["IsCache"] = 0;

        Assert.Equal("FailedOperation.CertificateDeployInstanceEmpty", await _caller.CodeAsync("ssl.DeployCertificateInstance", Deploy("teo", "b.example.com")));
        Assert.Null(await _caller.CodeAsync("ssl.DeployCertificateInstance", fresh));
    }

    [Fact]
    public async Task An_update_is_asked_for_until_it_has_a_number_and_reaches_the_named_regions()
    {
        Add("cdn", "a.example.com");
        var here = _simulator.AddListener(Region, "lb-1", "lbl-1", "before01", ["a.example.com"]);
        var there = _simulator.AddListener("ap-shanghai", "lb-2", "lbl-2", "before01", ["a.example.com"]);
        JsonObject Update(params string[] regions) => new()
        {
            ["OldCertificateId"] = "before01",
            ["CertificateId"] = "after001",
            ["ResourceTypes"] = new JsonArray("clb", "cdn"),
            ["ResourceTypesRegions"] = regions is []
                ? []
                : new JsonArray(new JsonObject { ["ResourceType"] = "clb", ["Regions"] = new JsonArray([.. regions.Select(static one => (JsonNode)one)]) }),
        };
        async Task<int> AskAsync() => (await _caller.CallAsync("ssl.UpdateCertificateInstance", Update(Region)))["DeployRecordId"]!.GetValue<int>();

        Assert.Equal("InvalidParameter", await _caller.CodeAsync("ssl.UpdateCertificateInstance", Update()));
        Assert.Equal(0, await AskAsync());
        var id = await AskAsync();
        Assert.Equal(id, await AskAsync());
        _time.Advance(_simulator.Pace.Job);
        var records = await _caller.CallAsync("ssl.DescribeHostUpdateRecordDetail", new() { ["DeployRecordId"] = $"{id}", ["Limit"] = "200" });

        Assert.Equal((2, 2), (records["TotalCount"]!.GetValue<int>(), records["SuccessTotalCount"]!.GetValue<int>()));
        Assert.Equal(["cdn", "clb"], records["RecordDetailList"]!.AsArray().Select(static one => one!["ResourceType"]!.GetValue<string>()).Order());
        Assert.Equal(_after.Fingerprint, await Handshake.LeafAsync(here, "a.example.com"));
        Assert.Equal(_before.Fingerprint, await Handshake.LeafAsync(there, "a.example.com"));
        var used = await _caller.CallAsync("ssl.DescribeDeployedResources", new() { ["CertificateIds"] = new JsonArray("before01", "after001"), ["ResourceType"] = "clb" });
        Assert.Equal(["lb-2", "lb-1"], used["DeployedResources"]!.AsArray().Select(static one => one!["Resources"]![0]!.GetValue<string>()));
    }

    private static JsonObject Deploy(string type, params string[] instances) => new()
    {
        ["CertificateId"] = "after001",
        ["ResourceType"] = type,
        ["Status"] = 1,
        ["InstanceIdList"] = new JsonArray([.. instances.Select(static one => (JsonNode)one)]),
    };

    private void Add(string type, string domain)
    {
        if (type == "cdn")
            _simulator.AddCdnDomain(domain, "before01");
        else if (type == "waf")
            _simulator.AddWafDomain(domain, "domain-1", "waf_1", Region, "before01");
        else if (type == "cos")
            _simulator.AddBucketDomain(Region, "files-125", domain, "before01");
        else
            _simulator.AddJobDomain(type, domain, "before01");
    }

    private async Task<JsonObject> RecordsAsync(int id) => await _caller.CallAsync("ssl.DescribeHostDeployRecordDetail", new() { ["DeployRecordId"] = $"{id}", ["Limit"] = 200 });

    private async Task<(int Total, int Running, int Good)> CountAsync(int id)
    {
        var answer = await RecordsAsync(id);
        return (answer["TotalCount"]!.GetValue<int>(), answer["RunningTotalCount"]!.GetValue<int>(), answer["SuccessTotalCount"]!.GetValue<int>());
    }
}
