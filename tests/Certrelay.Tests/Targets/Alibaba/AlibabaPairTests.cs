using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Certrelay.Certificates;
using Certrelay.Targets.Alibaba;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Alibaba;

/// <summary>SM2 pairs at the products that take them: beside the ordinary certificate, which nobody touches.</summary>
public sealed class AlibabaPairTests : IClassFixture<AlibabaPairTests.Issued>, IAsyncLifetime
{
    /// <summary>Two pairs, made once.</summary>
    public sealed class Issued : IDisposable
    {
        public Issued()
        {
            foreach (var name in new[] { "enc", "enc-2", "sign-2" })
                Authority.Issue(name, "sm2", name.StartsWith("enc", StringComparison.Ordinal) ? "keyEncipherment,dataEncipherment,keyAgreement" : "digitalSignature");
        }

        public Sm2Authority Authority { get; } = new();

        public void Dispose() => Authority.Dispose();
    }

    private const string Name = Sm2Authority.Host;
    private const string Resource = $"{Name} (SM2)";

    private static readonly JsonObject Settings = new() { ["domains"] = new JsonArray(Name) };

    private readonly Sm2Authority _authority;
    private AlibabaBench _bench = null!;
    private string _ordinary = "";

    public AlibabaPairTests(Issued issued) => _authority = issued.Authority;

    /// <summary>Every kind that binds a pair by a call.</summary>
    public static TheoryData<string> Kinds { get; } = ["alibaba-cdn", "alibaba-dcdn", "alibaba-waf"];

    public async Task InitializeAsync()
    {
        _bench = await AlibabaBench.StartAsync();
        _bench.IsSm2 = true;
        (_, _ordinary) = _bench.Stored("ordinary", Name);
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_pair_is_bound_beside_the_ordinary_certificate_and_again_nothing_is_written(string kind)
    {
        Place(kind);
        var (bound, served) = (_bench.Simulator.BoundTo(Name), await _bench.EdgeAsync(Name));

        var outcome = Assert.Single(await _bench.DeployAsync(kind, Settings, First));

        Assert.Equal((Resource, true), (outcome.Id, outcome.Succeeded));
        using var after = await _bench.ReadAsync(kind, Settings);
        var resource = Assert.Single(after.State.Resources);
        Assert.Equal((Resource, Fingerprint.Of(_authority.Der("sm2.pem")), _bench.Simulator.PairOf(Name)), (resource.Id, resource.Fingerprint, resource.Bound));
        Assert.Equal((bound, served), (_bench.Simulator.BoundTo(Name), await _bench.EdgeAsync(Name)));
        Assert.Equal(2, _bench.Writes.Count);
        await _bench.DeployAsync(kind, Settings, First);
        Assert.Equal(2, _bench.Writes.Count);
        Assert.DoesNotContain(_bench.Simulator.Calls, static call => call.Code is not null);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_was_there_before_comes_back_be_it_another_pair_or_none(string kind)
    {
        Place(kind);
        using var none = await _bench.ReadAsync(kind, Settings);
        await _bench.DeployAsync(kind, Settings, First);
        var first = _bench.Simulator.PairOf(Name);
        using var before = await _bench.ReadAsync(kind, Settings);
        await _bench.DeployAsync(kind, Settings, Second);
        Assert.NotEqual(first, _bench.Simulator.PairOf(Name));

        Assert.True(Assert.Single(await _bench.RestoreAsync(kind, Settings, before)).Succeeded);
        Assert.Equal(first, _bench.Simulator.PairOf(Name));
        Assert.True(Assert.Single(await _bench.RestoreAsync(kind, Settings, none)).Succeeded);
        Assert.Null(_bench.Simulator.PairOf(Name));
        Assert.NotNull(_bench.Simulator.BoundTo(Name));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_ordinary_certificate_leaves_the_pair_where_it_is(string kind)
    {
        Place(kind);
        await _bench.DeployAsync(kind, Settings, First);
        var pair = _bench.Simulator.PairOf(Name);
        _bench.IsSm2 = false;
        using var leaf = _bench.Root.IssueLeaf(Name);

        await _bench.DeployAsync(kind, Settings, leaf);

        Assert.Equal((leaf.Fingerprint, pair), (await _bench.EdgeAsync(Name), _bench.Simulator.PairOf(Name)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_plan_says_what_stays(string kind)
    {
        Place(kind);

        var plan = await _bench.PlanAsync(kind, Settings, First);

        Assert.Equal(2, plan.Count);
        Assert.StartsWith("uploads both certificates of the SM2 pair as certrelay-shop-", plan[0].What, StringComparison.Ordinal);
        Assert.StartsWith($"binds the SM2 certificate to {Name}; its RSA or ECDSA certificate ", plan[1].What, StringComparison.Ordinal);
        Assert.Empty(_bench.Writes);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Without_https_there_is_nothing_beside_which_it_could_stand(string kind)
    {
        Place(kind, bound: false);

        using var reading = await _bench.ReadAsync(kind, Settings);
        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync(kind, Settings, First));

        Assert.Equal(("target.update-only", "target.update-only"), (Assert.Single(reading.Refusals).Code, fault.Code));
        Assert.Empty(_bench.Writes);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_refused_domain_is_an_outcome_of_its_own(string kind)
    {
        Place(kind);
        _bench.Simulator.Refuse(Name);

        Assert.False(Assert.Single(await _bench.DeployAsync(kind, Settings, First)).Succeeded);
        Assert.Null(_bench.Simulator.PairOf(Name));
    }

    [Fact]
    public async Task A_signing_certificate_alone_is_refused_before_anything_is_called()
    {
        Place("alibaba-cdn");

        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync("alibaba-cdn", Settings, () => Bundle("sm2", null)));

        Assert.Equal("target.key-type", fault.Code);
        Assert.Empty(_bench.Writes);
    }

    [Fact]
    public async Task Every_other_setting_of_a_firewall_goes_back_as_it_was_read()
    {
        Place("alibaba-waf");
        var listen = JsonNode.Parse("""{"Http2Enabled":true,"HttpPorts":[80,8080],"XffHeaders":["X-Real-IP"],"HSTSMaxAge":365000,"SimulatedExtra":{"a":[1.50,"\u00e4"]}}""")!.AsObject();
        var redirect = JsonNode.Parse("""{"Loadbalance":"roundRobin","BackendList":["192.0.2.10","192.0.2.11"],"BackUpBackendList":["192.0.2.12"],"RequestHeaders":[{"Key":"a","Value":"b"}],"ReadTimeout":120,"SimulatedExtra":"kept"}""")!.AsObject();
        _bench.Simulator.SetWafDomain(Name, listen, redirect);
        _bench.IsSm2 = false;
        using (var ordinary = _bench.Root.IssueLeaf(Name))
            await _bench.DeployAsync("alibaba-waf", Settings, ordinary);
        _bench.IsSm2 = true;
        var (settings, tls) = (Parts(), _bench.Simulator.SettingsOf(Name));
        using var none = await _bench.ReadAsync("alibaba-waf", Settings);

        await _bench.DeployAsync("alibaba-waf", Settings, First);
        Assert.NotNull(_bench.Simulator.PairOf(Name));
        AssertKept();
        await _bench.RestoreAsync("alibaba-waf", Settings, none);

        Assert.Null(_bench.Simulator.PairOf(Name));
        AssertKept();

        void AssertKept()
        {
            Assert.Equal(settings, Parts());
            Assert.Equal(tls, _bench.Simulator.SettingsOf(Name));
        }
    }

    [Fact]
    public async Task A_superseded_pair_stays_in_the_store_because_nobody_tells_what_it_is_bound_to()
    {
        var id = Add("sm2", "enc", "certrelay-shop-00000000");
        var number = id.Split('-')[0];

        Assert.False(await _bench.WithSessionAsync("alibaba-cdn", session => new CasStore(new AlibabaApi(session)).RemoveAsync($"{number} {id} certrelay-shop-00000000", default)));

        Assert.Contains(id, _bench.Simulator.Certificates);
        Assert.Empty(_bench.Writes);
    }

    [Fact]
    public async Task What_must_be_bound_by_hand_is_read_back()
    {
        _bench.Simulator.AddDdosDomain(Name, _ordinary);
        using var before = await _bench.ReadAsync("alibaba-ddos", Settings);
        var fault = await Assert.ThrowsAsync<Permanent>(() => _bench.DeployAsync("alibaba-ddos", Settings, First));
        _bench.Simulator.BindPair(Name, Add("sm2", "enc", "by hand"));
        using var after = await _bench.ReadAsync("alibaba-ddos", Settings);

        Assert.Equal(("target.by-hand", "target.by-hand"), (Assert.Single(before.Refusals).Code, fault.Code));
        Assert.Contains("where there is none now", fault.Message, StringComparison.Ordinal);
        Assert.Null(before.State.Resources[0].Fingerprint);
        Assert.Equal(Fingerprint.Of(_authority.Der("sm2.pem")), after.State.Resources[0].Fingerprint);
        Assert.Empty(_bench.Writes);
    }

    [Theory]
    [InlineData("both in each other's place", "enc", "enc", "sm2", "sm2")]
    [InlineData("the keys in each other's place", "sm2", "enc", "enc", "sm2")]
    [InlineData("the encryption certificate is a signing one", "sm2", "sm2", "sign-2", "sign-2")]
    [InlineData("another algorithm", "ed25519", "ed25519", "enc", "enc")]
    public void The_simulated_store_refuses_what_is_no_pair(string about, string sign, string signKey, string encrypt, string encryptKey)
    {
        Assert.NotEmpty(about);
        Assert.Throws<Simulators.CertificateFaultException>(() => _bench.Simulator.AddPair(
            _authority[$"{sign}.pem"], _authority[$"{signKey}.key"], _authority[$"{encrypt}.pem"], _authority[$"{encryptKey}.key"], "pair"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Neither_the_log_nor_an_address_of_a_call_with_a_form_holds_a_key(bool inBody)
    {
        await using var bench = await AlibabaBench.StartAsync(options: clouds => inBody ? clouds with { KeysInBody = ["alibaba.cas.UploadUserCertificate"] } : clouds);
        bench.IsSm2 = true;
        if (inBody)
            bench.Simulator.TakesForm.Add("cas.UploadUserCertificate");
        var (_, ordinary) = bench.Stored("ordinary", Name);
        bench.Simulator.AddCdnDomain(Name, ordinary);

        await bench.DeployAsync("alibaba-cdn", Settings, First);

        var lines = new[] { "sm2.key", "enc.key" }.SelectMany(file => _authority[file].Split('\n').Where(static line => line.Length > 20 && line[0] != '-')).ToList();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.DoesNotContain(bench.Log, entry => entry.Contains(line, StringComparison.Ordinal)));
        // The definition places both keys in the query, where they stay out of every log; a form holds them where the host's settings say so.
        var upload = Assert.Single(bench.Simulator.Requests, static request => request.Header("x-acs-action") == "UploadUserCertificate");
        Assert.Equal(inBody, upload.Query.All(one => !lines.Any(line => one.Value.Contains(line, StringComparison.Ordinal))));
        Assert.Equal(_authority["enc.key"].Trim(), (inBody ? upload.Form : upload.Query).Single(static one => one.Key == "EncryptPrivateKey").Value.Trim());
    }

    private CertificateBundle First() => Bundle("sm2", "enc");

    private CertificateBundle Second() => Bundle("sign-2", "enc-2");

    private CertificateBundle Bundle(string signing, string? encryption) => new(
        "shop", _authority.Der($"{signing}.pem"), [_authority.Der("sm2-int.pem")], Key(signing),
        encryption is null ? null : new EncryptionLeaf(_authority.Der($"{encryption}.pem"), Key(encryption)));

    private byte[] Key(string name)
    {
        var pem = _authority[$"{name}.key"];
        return Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]);
    }

    private string Add(string signing, string encryption, string name) =>
        _bench.Simulator.AddPair(_authority.FullChain(signing), _authority[$"{signing}.key"], _authority[$"{encryption}.pem"], _authority[$"{encryption}.key"], name);

    /// <summary>The settings in an order of their own.</summary>
    private string Parts() => string.Join(' ', _bench.Simulator.WafSettings(Name).Split("} {").SelectMany(static part => part.Split(",\"")).Select(static one => one.Trim('{', '}', '"')).Order(StringComparer.Ordinal));

    private void Place(string kind, bool bound = true)
    {
        var id = bound ? _ordinary : null;
        if (kind == "alibaba-cdn")
            _bench.Simulator.AddCdnDomain(Name, id);
        else if (kind == "alibaba-dcdn")
            _bench.Simulator.AddDcdnDomain(Name, id);
        else
            _bench.Simulator.AddWafDomain(Name, id, new Dictionary<string, string> { ["TLSVersion"] = "tlsv1.2", ["EnableTLSv3"] = "true", ["CipherSuite"] = "99", ["CustomCiphers.1"] = "ECDHE-RSA-AES128-GCM-SHA256" });
    }
}
