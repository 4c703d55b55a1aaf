using System.Text.Json.Nodes;
using Certrelay.Simulators;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Tencent;

/// <summary>Tencent's certificate store as the targets use it: found before uploaded, one upload for all, ours alone removed.</summary>
public sealed class TencentStoreTests : IAsyncLifetime
{
    private const string Domain = "cdn.example.com";

    private static readonly JsonObject Settings = new() { ["domains"] = new JsonArray(Domain) };

    private TencentBench _bench = null!;

    public async Task InitializeAsync() => _bench = await TencentBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_certificate_that_is_there_already_is_used_and_not_uploaded()
    {
        var (before, beforeId) = _bench.Stored("before", Domain);
        var (wanted, wantedId) = _bench.Stored("put there by hand", Domain, "other.example.com");
        _bench.Simulator.AddCdnDomain(Domain, beforeId);

        await _bench.DeployAsync("tencent-cdn", Settings, wanted);

        Assert.Equal(["cdn.UpdateDomainConfig"], _bench.Writes);
        Assert.Equal(wantedId, (await _bench.ReadAsync("tencent-cdn", Settings)).State.Resources[0].Bound);
        before.Dispose();
        wanted.Dispose();
    }

    [Fact]
    public async Task One_upload_serves_every_kind_and_has_a_name_that_tells_what_it_is()
    {
        using var leaf = _bench.Root.IssueLeaf(Domain, "edge.example.com");
        _bench.Simulator.AddCdnDomain(Domain, null);
        _bench.Simulator.AddJobDomain("teo", "edge.example.com", null);

        await _bench.DeployAsync("tencent-cdn", Settings, leaf);
        await _bench.DeployAsync("tencent-edgeone", new() { ["domains"] = new JsonArray("edge.example.com") }, leaf);

        Assert.Equal(1, _bench.Writes.Count(static action => action == "ssl.UploadCertificate"));
        var upload = _bench.Simulator.Calls.Single(static call => call.Action == "ssl.UploadCertificate");
        Assert.Equal($"certrelay-shop-{leaf.Fingerprint.Prefix}", upload.Resource);
    }

    [Fact]
    public async Task An_upload_that_somebody_deleted_is_made_again()
    {
        using var first = _bench.Root.IssueLeaf(Domain);
        using var second = _bench.Root.IssueLeaf(Domain);
        _bench.Simulator.AddCdnDomain(Domain, null);
        await _bench.DeployAsync("tencent-cdn", Settings, first);
        await _bench.DeployAsync("tencent-cdn", Settings, second);
        _bench.Simulator.RemoveCertificate(_bench.Simulator.CertificateIds[0]);

        var lost = await Assert.ThrowsAsync<Transient>(() => _bench.DeployAsync("tencent-cdn", Settings, first));
        await _bench.DeployAsync("tencent-cdn", Settings, first);

        Assert.Equal("cloud.not-found", lost.Code);
        Assert.Equal(first.Fingerprint, await _bench.EdgeAsync(Domain));
    }

    [Fact]
    public async Task Superseded_uploads_of_ours_go_but_for_the_newest_and_nothing_else()
    {
        var (others, othersId) = _bench.Stored("not ours", Domain);
        _bench.Simulator.AddCdnDomain(Domain, othersId);
        for (var renewal = 0; renewal < 4; renewal++)
        {
            using var leaf = _bench.Root.IssueLeaf(Domain);
            await _bench.DeployAsync("tencent-cdn", Settings, leaf);
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
        }

        await _bench.RetireAsync("tencent-cdn", Settings);

        var bound = (await _bench.ReadAsync("tencent-cdn", Settings)).State.Resources[0].Bound!;
        Assert.Equal([othersId, bound], _bench.Simulator.CertificateIds);
        others.Dispose();
    }

    [Fact]
    public async Task What_is_in_use_stays_though_the_deletion_itself_would_not_look()
    {
        using var first = _bench.Root.IssueLeaf(Domain);
        using var second = _bench.Root.IssueLeaf(Domain);
        _bench.Simulator.AddCdnDomain(Domain, null);
        await _bench.DeployAsync("tencent-cdn", Settings, first);
        var firstId = _bench.Simulator.CertificateIds[0];
        // Somebody binds our upload elsewhere.
        _bench.Simulator.AddJobDomain("vod", "elsewhere.example.com", firstId);
        for (var renewal = 0; renewal < 3; renewal++)
        {
            using var leaf = _bench.Root.IssueLeaf(Domain);
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
            await _bench.DeployAsync("tencent-cdn", Settings, leaf);
        }

        await _bench.RetireAsync("tencent-cdn", Settings);

        Assert.Contains(firstId, _bench.Simulator.CertificateIds);
        Assert.DoesNotContain(_bench.Simulator.Calls, call => call.Action == "ssl.DeleteCertificate" && call.Resource == firstId);
        Assert.Equal(2, _bench.Simulator.CertificateIds.Count);
    }

    [Fact]
    public async Task A_twin_that_cannot_be_used_is_not_taken_for_ours()
    {
        // It has expired by the vendor's clock, so that it is not found, and is the same certificate.
        await using var late = await TencentBench.StartAsync(TestCertificates.NotAfter.AddDays(1));
        var (twin, twinId) = late.Stored("somebody's", Domain);
        late.Simulator.AddCdnDomain(Domain, null);

        await late.DeployAsync("tencent-cdn", Settings, twin);

        Assert.Equal(2, late.Simulator.CertificateIds.Count);
        Assert.NotEqual(twinId, (await late.ReadAsync("tencent-cdn", Settings)).State.Resources[0].Bound);
        twin.Dispose();
    }

    [Fact]
    public async Task A_full_store_is_made_room_in()
    {
        _bench.Simulator.CertificateQuota = 2;
        _bench.Simulator.AddCdnDomain(Domain, null);
        for (var renewal = 0; renewal < 4; renewal++)
        {
            using var leaf = _bench.Root.IssueLeaf(Domain);
            _bench.Time.Advance(TimeSpan.FromMinutes(1));
            await _bench.DeployAsync("tencent-cdn", Settings, leaf);
            Assert.Equal(leaf.Fingerprint, await _bench.EdgeAsync(Domain));
        }
    }

    [Fact]
    public async Task Neither_logs_nor_failures_hold_a_key()
    {
        using var leaf = _bench.Root.IssueLeaf(Domain);
        _bench.Simulator.AddCdnDomain(Domain, null);
        _bench.Simulator.Rudeness.Add(new FaultRule("ssl.UploadCertificate", Fault.ServerError, 1, TimeSpan.Zero));

        var fault = await Assert.ThrowsAsync<Transient>(() => _bench.DeployAsync("tencent-cdn", Settings, leaf));
        _bench.Time.Advance(TimeSpan.FromMinutes(3));
        await _bench.DeployAsync("tencent-cdn", Settings, leaf);
        await _bench.ReadAsync("tencent-cdn", Settings);

        var secret = leaf.KeyPem.Split('\n')[1];
        Assert.Equal("cloud.unavailable", fault.Code);
        Assert.NotEmpty(_bench.Log);
        Assert.All(_bench.Log.Append(fault.ToString()), line => Assert.DoesNotContain(secret, line, StringComparison.Ordinal));
        Assert.All(_bench.Log, static line => Assert.DoesNotContain("PRIVATE", line, StringComparison.Ordinal));
    }
}
