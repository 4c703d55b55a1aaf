using System.Text.Json.Nodes;
using Certrelay.Simulators;
using Certrelay.Simulators.Alibaba;
using Certrelay.Targets;
using Certrelay.Targets.Alibaba;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Alibaba;

/// <summary>Alibaba's certificate store as the targets use it: found before uploaded, one upload for all, ours alone removed, no key in any answer.</summary>
public sealed class AlibabaStoreTests : IAsyncLifetime
{
    private const string Domain = "cdn.example.com";

    private static readonly JsonObject Settings = new() { ["domains"] = new JsonArray(Domain), ["initial"] = true };

    private AlibabaBench _bench = null!;

    public async Task InitializeAsync() => _bench = await AlibabaBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_certificate_that_is_there_already_is_used_be_it_uploaded_or_bought(bool isUpload)
    {
        using var wanted = _bench.Root.IssueLeaf(Domain, "other.example.com");
        var id = _bench.Simulator.AddCertificate(wanted.FullChainPem, wanted.KeyPem, "there before", isUpload);
        _bench.Simulator.AddCdnDomain(Domain, null);

        await _bench.DeployAsync("alibaba-cdn", Settings, wanted);

        Assert.Equal(["cdn.SetCdnDomainSSLCertificate"], _bench.Writes);
        Assert.Equal(id.Split('-')[0], (await _bench.ReadAsync("alibaba-cdn", Settings)).State.Resources[0].Bound);
    }

    [Fact]
    public async Task An_upload_has_a_name_that_tells_what_it_is_and_every_read_leaves_keys_out()
    {
        using var leaf = _bench.Root.IssueLeaf(Domain);
        _bench.Simulator.AddCdnDomain(Domain, null);

        await _bench.DeployAsync("alibaba-cdn", Settings, leaf);
        await _bench.ReadAsync("alibaba-cdn", Settings);

        Assert.Equal($"certrelay-shop-{leaf.Fingerprint.Prefix}", _bench.Simulator.Calls.Single(static call => call.Action == "cas.UploadUserCertificate").Resource);
        var details = _bench.Simulator.Requests.Where(static request => request.Header("x-acs-action") == "GetUserCertificateDetail").ToList();
        Assert.NotEmpty(details);
        Assert.All(details, static request => Assert.Contains(KeyValuePair.Create("CertFilter", "true"), request.Query));
    }

    [Fact]
    public async Task A_key_leaves_the_address_where_the_settings_say_that_the_vendor_takes_it_in_the_body()
    {
        await using var bench = await AlibabaBench.StartAsync(options: static clouds => clouds with { KeysInBody = ["alibaba.cas.UploadUserCertificate"] });
        bench.Simulator.TakesForm.Add("cas.UploadUserCertificate");
        using var leaf = bench.Root.IssueLeaf(Domain);
        bench.Simulator.AddCdnDomain(Domain, null);

        await bench.DeployAsync("alibaba-cdn", Settings, leaf);

        var secret = Uri.EscapeDataString(leaf.KeyPem.Split('\n')[1]);
        Assert.All(bench.Simulator.Requests, request => Assert.DoesNotContain(secret, request.Target, StringComparison.Ordinal));
        var upload = bench.Simulator.Requests.Single(static request => request.Header("x-acs-action") == "UploadUserCertificate");
        Assert.Equal(leaf.KeyPem.Trim(), upload.Form.Single(static one => one.Key == "Key").Value.Trim());
        Assert.Equal(leaf.Fingerprint, await bench.EdgeAsync(Domain));
    }

    [Fact]
    public async Task An_identifier_is_shown_only_when_the_certificate_itself_bears_it()
    {
        var (_, id) = _bench.Stored("there", Domain);

        var (own, strange) = await _bench.WithSessionAsync("alibaba-cdn", async session =>
        {
            var store = new CasStore(new AlibabaApi(session));
            return (await store.ShowAsync(id, default), await store.ShowAsync(id.Replace("cn-hangzhou", "ap-southeast-1", StringComparison.Ordinal), default));
        });

        Assert.Equal((id, id.Split('-')[0]), (own!.Id.Identifier, own.Id.Number));
        Assert.Null(strange);
    }

    [Fact]
    public async Task An_upload_that_somebody_deleted_is_made_again()
    {
        using var first = _bench.Root.IssueLeaf(Domain);
        using var second = _bench.Root.IssueLeaf(Domain);
        _bench.Simulator.AddCdnDomain(Domain, null);
        await _bench.DeployAsync("alibaba-cdn", Settings, first);
        await _bench.DeployAsync("alibaba-cdn", Settings, second);
        _bench.Simulator.RemoveCertificate(_bench.Simulator.Certificates[0]);

        var lost = await Assert.ThrowsAsync<Transient>(() => _bench.DeployAsync("alibaba-cdn", Settings, first));
        await _bench.DeployAsync("alibaba-cdn", Settings, first);

        Assert.Equal("cloud.not-found", lost.Code);
        Assert.Equal(first.Fingerprint, await _bench.EdgeAsync(Domain));
    }

    [Fact]
    public async Task Superseded_uploads_of_ours_go_but_for_the_newest_and_what_is_bound_elsewhere()
    {
        var (others, othersId) = _bench.Stored("not ours", Domain);
        _bench.Simulator.AddCdnDomain(Domain, othersId);
        for (var renewal = 0; renewal < 5; renewal++)
        {
            using var leaf = _bench.Root.IssueLeaf(Domain);
            await _bench.DeployAsync("alibaba-cdn", Settings, leaf);
            if (renewal == 0)
                _bench.Simulator.AddCdnDomain("elsewhere.example.com", _bench.Simulator.Certificates[^1]);
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
        }

        var elsewhere = _bench.Simulator.Certificates[1];
        await _bench.RetireAsync("alibaba-cdn", Settings);

        Assert.Equal([othersId, elsewhere], _bench.Simulator.Certificates.Take(2));
        Assert.Equal(3, _bench.Simulator.Certificates.Count);
        others.Dispose();
    }

    [Fact]
    public async Task A_full_store_is_made_room_in_and_without_anything_to_remove_the_quota_is_final()
    {
        _bench.Simulator.CertificateQuota = 2;
        _bench.Simulator.AddCdnDomain(Domain, null);
        for (var renewal = 0; renewal < 4; renewal++)
        {
            using var leaf = _bench.Root.IssueLeaf(Domain);
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
            await _bench.DeployAsync("alibaba-cdn", Settings, leaf);
            Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync(Domain));
        }

        _bench.Simulator.CertificateQuota = 0;
        await using var full = await AlibabaBench.StartAsync();
        full.Simulator.CertificateQuota = 0;
        full.Simulator.AddCdnDomain(Domain, null);
        using var one = full.Root.IssueLeaf(Domain);
        var fault = await Assert.ThrowsAsync<Permanent>(() => full.DeployAsync("alibaba-cdn", Settings, one));
        Assert.Equal("cloud.quota", fault.Code);
        Assert.Null(await full.EdgeAsync(Domain));
    }

    [Fact]
    public async Task A_throttled_store_comes_later_and_its_neighbours_go_on()
    {
        // Each action with a budget of its own, as the vendor counts.
        await using var bench = await AlibabaBench.StartAsync(options: static clouds => clouds with { Limits = new Dictionary<string, string>() });
        var (_, id) = bench.Stored("before", Domain, "www.example.com");
        bench.Simulator.AddCdnDomain(Domain, id);
        using var leaf = bench.Root.IssueLeaf(Domain);
        bench.Simulator.Rudeness.Add(new FaultRule("cas.UploadUserCertificate", Fault.Throttle, 1, TimeSpan.FromSeconds(30)));

        var fault = await Assert.ThrowsAsync<Transient>(() => bench.DeployAsync("alibaba-cdn", Settings, leaf));
        // What reads the same store is not held up by the upload's delay.
        Assert.Equal(id.Split('-')[0], (await bench.ReadAsync("alibaba-cdn", Settings)).State.Resources[0].Bound);
        bench.Time.Advance(TimeSpan.FromMinutes(3));
        await bench.DeployAsync("alibaba-cdn", Settings, leaf);

        Assert.Equal(("cloud.throttled", TimeSpan.FromSeconds(30)), (fault.Code, fault.RetryAfter));
        Assert.Equal(leaf.Fingerprint, await bench.EdgeAsync(Domain));
    }

    [Fact]
    public async Task A_session_that_ends_in_the_middle_is_final_and_not_asked_again()
    {
        var credentials = new AlibabaCredentials("STS.EXAMPLEEXAMPLE000000", "EXAMPLEstsSecretNOTREAL0000001", "EXAMPLEsecurityTokenNOTREAL") { Expires = TestCertificates.Now.AddMinutes(1) };
        await using var bench = await AlibabaBench.StartAsync(credentials: credentials);
        bench.Simulator.AddCdnDomain(Domain, null);
        using var leaf = bench.Root.IssueLeaf(Domain);
        using var bundle = leaf.ToBundle("shop");
        var began = Assert.IsType<DeployResult.Pending>(await bench.MoveAsync("alibaba-cdn", Settings, bundle));
        bench.Time.Advance(TimeSpan.FromMinutes(2));

        var ended = await Assert.ThrowsAsync<Permanent>(() => bench.MoveAsync("alibaba-cdn", Settings, bundle, began.Job));
        var calls = bench.Simulator.Calls.Count + bench.Simulator.Requests.Count;
        await Assert.ThrowsAsync<Permanent>(() => bench.MoveAsync("alibaba-cdn", Settings, bundle, began.Job));

        Assert.Equal("cloud.credentials", ended.Code);
        Assert.Equal(calls, bench.Simulator.Calls.Count + bench.Simulator.Requests.Count);
        Assert.DoesNotContain("EXAMPLEsecurityToken", string.Join('\n', bench.Log) + ended, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_logs_nor_failures_hold_a_key_or_an_address()
    {
        using var leaf = _bench.Root.IssueLeaf(Domain);
        _bench.Simulator.AddCdnDomain(Domain, null);
        _bench.Simulator.Rudeness.Add(new FaultRule("cas.UploadUserCertificate", Fault.ServerError, 1, TimeSpan.Zero));

        var fault = await Assert.ThrowsAsync<Transient>(() => _bench.DeployAsync("alibaba-cdn", Settings, leaf));
        _bench.Time.Advance(TimeSpan.FromMinutes(3));
        await _bench.DeployAsync("alibaba-cdn", Settings, leaf);

        var secret = leaf.KeyPem.Split('\n')[1];
        Assert.Equal("cloud.unavailable", fault.Code);
        Assert.NotEmpty(_bench.Log);
        Assert.All(_bench.Log.Append(fault.ToString()), line =>
        {
            Assert.DoesNotContain(secret, line, StringComparison.Ordinal);
            Assert.DoesNotContain(Uri.EscapeDataString(secret), line, StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE", line, StringComparison.Ordinal);
        });
    }
}
