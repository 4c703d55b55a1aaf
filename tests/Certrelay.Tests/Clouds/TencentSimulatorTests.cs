using System.Text.Json.Nodes;
using Certrelay.Simulators;
using Certrelay.Simulators.Tencent;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Clouds;

public sealed class TencentSimulatorTests : IAsyncLifetime
{
    private const string Region = "ap-guangzhou";

    private static readonly TencentCallOptions InRegion = new() { Region = Region };

    private readonly ManualTime _time = new(TestCertificates.Now);
    private readonly TestCertificate _root = TestCertificates.Root();
    private TencentSimulator _simulator = null!;
    private TencentCaller _caller = null!;

    /// <summary>Each action with all that it requires, and nothing else; with a region where it needs one.</summary>
    public static TheoryData<string, bool, string> Required => new()
    {
        { "ssl.UploadCertificate", false, """{"CertificatePublicKey":"x","CertificatePrivateKey":"x"}""" },
        { "ssl.DescribeCertificateDetail", false, """{"CertificateId":"x"}""" },
        { "ssl.DescribeDeployedResources", false, """{"CertificateIds":["x"],"ResourceType":"cdn"}""" },
        { "ssl.DeployCertificateInstance", true, """{"CertificateId":"before01","InstanceIdList":["lb-1|lbl-1"]}""" },
        { "ssl.DescribeHostCosInstanceList", true, """{"CertificateId":"before01","ResourceType":"cos"}""" },
        { "ssl.DescribeHostDeployRecordDetail", false, """{"DeployRecordId":"1"}""" },
        { "ssl.UpdateCertificateInstance", false, """{"OldCertificateId":"before01","ResourceTypes":["cdn"]}""" },
        { "ssl.DescribeHostUpdateRecordDetail", false, """{"DeployRecordId":"1"}""" },
        { "ssl.DeleteCertificate", false, """{"CertificateId":"x"}""" },
        { "ssl.DescribeDeleteCertificatesTaskResult", false, """{"TaskIds":["x"]}""" },
        { "cdn.UpdateDomainConfig", false, """{"Domain":"x"}""" },
        { "cdn.DescribeCertDomains", false, """{"CertId":"x"}""" },
        { "clb.DescribeListeners", true, """{"LoadBalancerId":"lb-1"}""" },
        { "clb.ModifyListener", true, """{"LoadBalancerId":"lb-1","ListenerId":"lbl-1"}""" },
        { "clb.ModifyDomainAttributes", true, """{"LoadBalancerId":"lb-1","ListenerId":"lbl-1","Domain":"x"}""" },
        { "clb.DescribeTaskStatus", true, """{"TaskId":"x"}""" },
        { "waf.DescribeDomains", true, """{"Offset":0,"Limit":10}""" },
        { "waf.DescribeDomainDetailsSaas", true, """{"Domain":"x","DomainId":"x","InstanceId":"x"}""" },
        { "waf.ModifySpartaProtection", true, """{"Domain":"x","DomainId":"x","InstanceID":"x"}""" },
        { "waf.DescribeHost", true, """{"Domain":"x","DomainId":"x"}""" },
    };

    public async Task InitializeAsync()
    {
        _simulator = await TencentSimulator.StartAsync(_time);
        _caller = new TencentCaller(_simulator.Endpoint, _time);
    }

    public async Task DisposeAsync()
    {
        _caller.Dispose();
        await _simulator.DisposeAsync();
        _root.Dispose();
    }

    [Theory]
    [MemberData(nameof(Required))]
    public async Task A_missing_parameter_is_refused(string action, bool regional, string body)
    {
        using var before = _root.IssueLeaf("a.example.com");
        _simulator.AddCertificate(before.FullChainPem, before.KeyPem, "before", "before01");
        var whole = JsonNode.Parse(body)!.AsObject();
        var options = regional ? InRegion : null;
        Assert.NotEqual("MissingParameter", await _caller.CodeAsync(action, whole, options));

        foreach (var name in whole.Select(static parameter => parameter.Key).ToList())
        {
            var without = whole.DeepClone().AsObject();
            without.Remove(name);
            Assert.Equal("MissingParameter", await _caller.CodeAsync(action, without, options));
        }

        if (regional)
            Assert.Equal("MissingParameter", await _caller.CodeAsync(action, whole));
    }

    [Theory]
    [MemberData(nameof(Required))]
    public async Task An_unknown_parameter_and_one_of_another_type_are_refused(string action, bool regional, string body)
    {
        var options = regional ? InRegion : null;
        var unknown = JsonNode.Parse(body)!.AsObject();
        var mistyped = unknown.DeepClone().AsObject();
        unknown["NotThere"] = 1;
        mistyped[mistyped.First().Key] = new JsonObject();

        Assert.Equal("UnknownParameter", await _caller.CodeAsync(action, unknown, options));
        Assert.Equal("InvalidParameter", await _caller.CodeAsync(action, mistyped, options));
    }

    [Fact]
    public async Task Calls_that_are_not_signed_well_are_refused()
    {
        JsonObject Body() => new() { ["Limit"] = 10 };
        async Task<string?> CodeAsync(TencentCallOptions options) => await _caller.CodeAsync("ssl.DescribeCertificates", Body(), options);
        var session = TencentCredentials.Example with { SecretId = "AKIDEXAMPLEsession000000000000000000", Token = "EXAMPLE-TOKEN" };
        _simulator.Allow(session);

        Assert.Null(await CodeAsync(new()));
        Assert.Null(await CodeAsync(new() { Credentials = session }));
        Assert.Null(await CodeAsync(new() { Skew = TimeSpan.FromMinutes(4) }));
        Assert.Equal("AuthFailure.SignatureExpire", await CodeAsync(new() { Skew = TimeSpan.FromMinutes(16) }));
        Assert.Equal("AuthFailure.SignatureExpire", await CodeAsync(new() { Skew = -TimeSpan.FromMinutes(16) }));
        Assert.Equal("AuthFailure.SignatureFailure", await CodeAsync(new() { Authorization = static value => value[..^1] + (value[^1] == 'a' ? 'b' : 'a') }));
        Assert.Equal("AuthFailure.SignatureFailure", await CodeAsync(new() { Credentials = TencentCredentials.Example with { SecretKey = "EXAMPLESECRETKEYNOTREAL9876543210" } }));
        Assert.Equal("AuthFailure.InvalidAuthorization", await CodeAsync(new() { Authorization = static _ => "Bearer x" }));
        Assert.Equal("AuthFailure.SecretIdNotFound", await CodeAsync(new() { Credentials = TencentCredentials.Example with { SecretId = "AKIDEXAMPLEunknown000000000000000000" } }));
        Assert.Equal("AuthFailure.TokenFailure", await CodeAsync(new() { Credentials = session with { Token = null } }));
        Assert.Equal("AuthFailure.TokenFailure", await CodeAsync(new() { Credentials = session with { Token = "ANOTHER" } }));
        Assert.Equal("NoSuchVersion", await CodeAsync(new() { Version = "2018-01-01" }));
        Assert.Equal("NoSuchVersion", await _caller.CodeAsync("cvm.DescribeCertificates", Body()));
        Assert.Equal("InvalidAction", await _caller.CodeAsync("ssl.DescribeNothing", Body()));
    }

    [Fact]
    public async Task Faults_are_made_as_told_and_then_no_more()
    {
        _simulator.Rudeness.Add(new FaultRule("ssl.DescribeCertificates", Fault.Throttle, 2, TimeSpan.Zero));

        Assert.Equal("RequestLimitExceeded", await _caller.CodeAsync("ssl.DescribeCertificates", []));
        Assert.Equal("RequestLimitExceeded", await _caller.CodeAsync("ssl.DescribeCertificates", []));
        Assert.Null(await _caller.CodeAsync("ssl.DescribeCertificates", []));
        Assert.Equal(["RequestLimitExceeded", "RequestLimitExceeded", null], _simulator.Calls.Select(static call => call.Code));
    }

    [Fact]
    public async Task An_upload_is_found_again_by_name_and_its_twin_is_named()
    {
        using var leaf = _root.IssueLeaf("shop.example.com", "www.shop.example.com");

        var id = await UploadAsync(leaf, "certrelay-shop");
        var twin = await _caller.CallAsync("ssl.UploadCertificate", UploadOf(leaf, "another", repeatable: false));
        var listed = await _caller.CallAsync("ssl.DescribeCertificates", new() { ["SearchKey"] = "www.shop", ["FilterSource"] = "upload", ["CertificateType"] = "SVR" });
        var detail = await _caller.CallAsync("ssl.DescribeCertificateDetail", new() { ["CertificateId"] = id });

        Assert.Equal((8, id), (id.Length, twin["RepeatCertId"]!.GetValue<string>()));
        var row = Assert.Single(listed["Certificates"]!.AsArray())!;
        Assert.Equal((id, "certrelay-shop", 1), (row["CertificateId"]!.GetValue<string>(), row["Alias"]!.GetValue<string>(), row["Status"]!.GetValue<int>()));
        // GMT+8, without saying so.
        Assert.Equal("2045-01-01 08:00:00", row["CertEndTime"]!.GetValue<string>());
        Assert.False(row.AsObject().ContainsKey("CertificatePrivateKey"));
        Assert.Equal((leaf.FullChainPem, leaf.KeyPem), (detail["CertificatePublicKey"]!.GetValue<string>(), detail["CertificatePrivateKey"]!.GetValue<string>()));
        Assert.Equal(["www.shop.example.com"], detail["SubjectAltName"]!.AsArray().Select(static name => name!.GetValue<string>()));
    }

    [Fact]
    public async Task Bad_material_and_a_full_store_are_refused()
    {
        using var leaf = _root.IssueLeaf("a.example.com");
        using var other = _root.IssueLeaf("a.example.com");
        _simulator.CertificateQuota = 1;
        async Task<string?> CodeAsync(string certificate, string key) =>
            await _caller.CodeAsync("ssl.UploadCertificate", new() { ["CertificatePublicKey"] = certificate, ["CertificatePrivateKey"] = key });

        Assert.Equal("FailedOperation.CertificateInvalid", await CodeAsync("no certificate", leaf.KeyPem));
        Assert.Equal("FailedOperation.CertificateMismatch", await CodeAsync(leaf.FullChainPem, other.KeyPem));
        Assert.NotNull(await CodeAsync(leaf.FullChainPem, "no key"));
        Assert.Null(await CodeAsync(leaf.FullChainPem, leaf.KeyPem));
        Assert.Equal("LimitExceeded", await CodeAsync(other.FullChainPem, other.KeyPem));
    }

    [Fact]
    public async Task A_certificate_in_use_is_not_deleted()
    {
        using var leaf = _root.IssueLeaf("cdn.example.com");
        var (used, free, spare) = (await UploadAsync(leaf, "used"), await UploadAsync(leaf, "free"), await UploadAsync(leaf, "spare"));
        _simulator.AddCdnDomain("cdn.example.com", used);
        async Task<int> CheckedAsync(string id)
        {
            var task = (await _caller.CallAsync("ssl.DeleteCertificate", new() { ["CertificateId"] = id, ["IsCheckResource"] = true }))["TaskId"]!.GetValue<string>();
            var ask = new JsonObject { ["TaskIds"] = new JsonArray(task) };
            Assert.Equal(0, StatusOf(await _caller.CallAsync("ssl.DescribeDeleteCertificatesTaskResult", ask)));
            _time.Advance(_simulator.Pace.Settling);
            return StatusOf(await _caller.CallAsync("ssl.DescribeDeleteCertificatesTaskResult", ask.DeepClone().AsObject()));
        }

        Assert.Equal("FailedOperation.DeleteResourceFailed", await _caller.CodeAsync("ssl.DeleteCertificate", new() { ["CertificateId"] = used }));
        Assert.Null(await _caller.CodeAsync("ssl.DeleteCertificate", new() { ["CertificateId"] = free }));
        Assert.Equal((4, 1), (await CheckedAsync(used), await CheckedAsync(spare)));
        _simulator.ServiceRole = false;
        Assert.Equal(3, await CheckedAsync(used));
        Assert.Equal([used], _simulator.CertificateIds);

        static int StatusOf(JsonObject answer) => answer["DeleteTaskResult"]![0]!["Status"]!.GetValue<int>();
    }

    private static JsonObject UploadOf(TestCertificate leaf, string alias, bool repeatable = true) => new()
    {
        ["CertificatePublicKey"] = leaf.FullChainPem,
        ["CertificatePrivateKey"] = leaf.KeyPem,
        ["Alias"] = alias,
        ["Repeatable"] = repeatable,
    };

    private async Task<string> UploadAsync(TestCertificate leaf, string alias) =>
        (await _caller.CallAsync("ssl.UploadCertificate", UploadOf(leaf, alias)))["CertificateId"]!.GetValue<string>();
}
