using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Tests.Alerts;
using Certrelay.Tests.Support;
using Certrelay.Watch.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Tests.Watch.Validation;

public sealed class ChainValidationTests : IAsyncLifetime
{
    private readonly WatchBench _bench = new();
    private readonly Dictionary<string, Func<byte[]>> _files = new(StringComparer.Ordinal);
    private TestCertificate _authority = null!;
    private HttpReceiver _receiver = null!;

    private DateTimeOffset Now => _bench.Time.GetUtcNow();

    [Theory]
    [InlineData("DER")]
    [InlineData("PEM")]
    [InlineData("PKCS#7 with others")]
    [InlineData("PKCS#7 as PEM")]
    public async Task A_leaf_that_came_alone_gets_its_chain(string form)
    {
        using var other = TestCertificates.Root("Other Root");
        _files["/i"] = () => form switch
        {
            "DER" => _authority.Der,
            "PEM" => Pem.Bytes("authority\n" + _authority.Pem),
            "PKCS#7 as PEM" => Pem.Bytes(Pem.Write("PKCS7", Pkcs7(_authority))),
            _ => Pkcs7(other, _bench.Root, _authority),
        };
        using var leaf = Leaf();

        var version = await UploadAsync("shop", leaf.Pem + leaf.KeyPem);
        Assert.Equal(["chain.awaited"], version.Findings.Select(finding => finding.Code));
        await WorkAsync();

        var completed = await CurrentAsync();
        Assert.True(completed.Chain.Single().SequenceEqual(_authority.Der), form);
        Assert.Equal(["chain.completed"], completed.Findings.Select(finding => finding.Code));
        Assert.Equal(
            [("certificate.complete", "certificate/shop", AuditPhase.Intent), ("certificate.complete", "certificate/shop", AuditPhase.Outcome)],
            await AuditAsync());
    }

    [Fact]
    public async Task A_lost_or_doubled_message_changes_nothing()
    {
        using var leaf = Leaf();
        await UploadAsync("shop", leaf.Pem + leaf.KeyPem);
        var lost = await _bench.TakeAsync(QueueNames.Validate);
        _bench.Time.Advance(TimeSpan.FromMinutes(1));

        await _bench.TickAsync();
        var completed = await CurrentAsync();
        foreach (var message in lost.Concat(lost))
            await _bench.Get<ChainValidation>().RunAsync(Nudge.Read(message, DueKind.Check), default);
        await _bench.WalkAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(10));

        Assert.Single(completed.Chain);
        Assert.Equal(completed.Findings, (await CurrentAsync()).Findings);
        Assert.Single(_receiver.Requests);
        Assert.Equal(2, (await AuditAsync()).Count);
        Assert.Empty(await HintsAsync());
    }

    [Fact]
    public async Task An_intermediate_that_was_seen_completes_a_chain_at_once()
    {
        using var first = _authority.IssueLeaf("first.example.test");
        using var second = Leaf();
        await UploadAsync("first", first.FullChainPem + first.KeyPem);

        var version = await UploadAsync("shop", second.Pem + second.KeyPem);

        Assert.Equal(_authority.Der, Assert.Single(version.Chain));
        Assert.Equal(["chain.completed"], version.Findings.Select(finding => finding.Code));
        Assert.Empty(_receiver.Requests);
    }

    [Fact]
    public async Task A_chain_of_several_levels_is_climbed_up_to_a_root_that_a_store_holds()
    {
        var upper = _bench.Root.Issue(TestCertificates.Authority("Upper") with { IssuerUrl = $"{_receiver.Url}/never" });
        var lower = upper.Issue(TestCertificates.Authority("Lower") with { IssuerUrl = $"{_receiver.Url}/upper" });
        _files["/upper"] = () => upper.Der;
        _files["/lower"] = () => lower.Der;
        await using var bench = new WatchBench(services => services.AddSingleton(new TrustStores(
            [new TrustStore("own", () => TrustedRoots.None.With(Pem.Bytes(_bench.Root.Pem)))], static () => TrustedRoots.None)));
        using var leaf = lower.Issue(new TestCertificateOptions { Names = ["shop.example.test"], IssuerUrl = $"{_receiver.Url}/lower" });
        await UploadAsync("shop", leaf.Pem + leaf.KeyPem, bench);

        await bench.TickAsync();

        var version = (await bench.Get<CertificateRegistry>().ReadVersionAsync("shop", 1, default))!;
        Assert.Equal([lower.Fingerprint, upper.Fingerprint], version.Chain.Select(static der => Fingerprint.Of(der)));
        Assert.Equal(["/lower", "/upper"], _receiver.Requests.Select(request => request.Path));
        Assert.Equal([true], bench.Get<VersionChains>().Judge(version, bench.Time.GetUtcNow()).Select(verdict => verdict.Accepted));
    }

    public static TheoryData<string, Func<HttpResponse, Task>> Failures => new()
    {
        { "status 404", static response => Status(response, 404) },
        { "status 302", static response => Redirect(response) },
        { "something else than a certificate", static response => response.WriteAsync("<html>") },
        { "something else than a certificate", static response => response.Body.WriteAsync(new byte[] { 0x30, 0x82, 0xFF, 0xFF, 0 }).AsTask() },
        { "did not issue it", static response => response.Body.WriteAsync(TestCertificates.Root().IssueAuthority("Test Intermediate").Der).AsTask() },
        { "more than", static response => response.Body.WriteAsync(new byte[1024 * 1024]).AsTask() },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_place_that_gives_nothing_is_a_finding_and_is_asked_a_few_times_only(string why, Func<HttpResponse, Task> answer)
    {
        _receiver.Answer = (_, response) => answer(response);
        using var leaf = Leaf();
        await UploadAsync("shop", leaf.Pem + leaf.KeyPem);

        await WorkAsync();
        var finding = Assert.Single((await CurrentAsync()).Findings);
        Assert.Equal(("chain.unavailable", Severity.Warning), (finding.Code, finding.Severity));
        Assert.Contains(why, finding.Message, StringComparison.Ordinal);
        await _bench.WalkAsync(TimeSpan.FromDays(4), TimeSpan.FromMinutes(30));

        Assert.InRange(_receiver.Requests.Count, 5, 8);
        Assert.Empty(await HintsAsync());
        Assert.Equal(finding, Assert.Single((await CurrentAsync()).Findings));
    }

    [Fact]
    public async Task A_place_that_comes_back_completes_the_chain_later()
    {
        _receiver.Answer = static (_, response) => Status(response, 503);
        using var leaf = Leaf();
        await UploadAsync("shop", leaf.Pem + leaf.KeyPem);
        await WorkAsync();
        _receiver.Answer = AnswerAsync;

        await _bench.WalkAsync(TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(2));

        Assert.Equal(["chain.completed"], (await CurrentAsync()).Findings.Select(finding => finding.Code));
    }

    [Fact]
    public async Task A_private_address_is_not_connected_to()
    {
        await using var bench = new WatchBench(configure: static settings => settings with { Outgoing = new OutgoingOptions() });
        using var leaf = Leaf();
        await UploadAsync("shop", leaf.Pem + leaf.KeyPem, bench);

        await bench.TickAsync();

        var version = (await bench.Get<CertificateRegistry>().ReadVersionAsync("shop", 1, default))!;
        Assert.Contains("lies at an address that is not connected to", Assert.Single(version.Findings).Message, StringComparison.Ordinal);
        Assert.Empty(_receiver.Requests);
    }

    [Fact]
    public async Task The_intermediates_may_be_uploaded_afterwards()
    {
        _receiver.Answer = static (_, response) => Status(response, 404);
        using var leaf = Leaf();
        await UploadAsync("shop", leaf.Pem + leaf.KeyPem);
        await WorkAsync();
        using var inspection = await InspectAsync(leaf.FullChainPem + leaf.KeyPem, _bench);
        var uploads = _bench.Get<CertificateUploads>();

        Assert.Equal((UploadEffect.ChainAdded, 1), (await uploads.PlanAsync("shop", inspection, new LineageDetails(), default)) is var plan ? (plan.Effect, plan.Version) : default);
        var result = await uploads.StoreAsync("shop", inspection, new LineageDetails(), default);

        Assert.False(result.Created);
        Assert.Equal(_authority.Der, Assert.Single((await CurrentAsync()).Chain));
        Assert.Empty((await CurrentAsync()).Findings);
        Assert.Equal(UploadEffect.Unchanged, (await uploads.PlanAsync("shop", inspection, new LineageDetails(), default)).Effect);
    }

    [Fact]
    public async Task Nothing_is_searched_for_where_nothing_can_be_had_or_is_only_watched()
    {
        using var silent = _authority.IssueLeaf("silent.example.test");
        using var watched = Leaf();
        await UploadAsync("silent", silent.Pem + silent.KeyPem);
        using (var inspection = WatchedCertificate.Inspect(Pem.Bytes(watched.Pem), Now))
            await _bench.Get<CertificateUploads>().StoreAsync("watched", inspection, new LineageDetails(), default);

        Assert.Empty(await _bench.TakeAsync(QueueNames.Validate));
        Assert.Empty(await HintsAsync());
    }

    [Fact]
    public async Task A_missing_issuer_refuses_together_with_other_faults()
    {
        using var leaf = _authority.Issue(Options() with { NotAfter = Now.AddDays(-1) });
        using var inspection = await InspectAsync(leaf.Pem + leaf.KeyPem, _bench);

        Assert.Equal(["chain.incomplete", "leaf.expired"], inspection.Findings.Where(finding => finding.Severity is Severity.Error).Select(finding => finding.Code).Order());
    }

    public async Task InitializeAsync()
    {
        _receiver = await HttpReceiver.StartAsync();
        _receiver.Answer = AnswerAsync;
        _authority = _bench.Root.IssueAuthority("Test Intermediate");
        _files["/i"] = () => _authority.Der;
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    private static Task Status(HttpResponse response, int status)
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static Task Redirect(HttpResponse response)
    {
        response.Redirect("/i");
        return Task.CompletedTask;
    }

    private static byte[] Pkcs7(params TestCertificate[] certificates)
    {
        var all = new X509Certificate2Collection(certificates.Select(static one => X509CertificateLoader.LoadCertificate(one.Der)).ToArray());
        return all.Export(X509ContentType.Pkcs7)!;
    }

    private static Task<CertificateInspection> InspectAsync(string pem, WatchBench bench) =>
        bench.Get<UploadInspector>().InspectAsync([Pem.Bytes(pem)], new InspectionOptions { Now = bench.Time.GetUtcNow() }, default);

    private Task AnswerAsync(Received request, HttpResponse response) =>
        _files.TryGetValue(request.Path, out var file) ? response.Body.WriteAsync(file()).AsTask() : Status(response, 404);

    private TestCertificateOptions Options() => new()
    {
        Names = ["shop.example.test"],
        IssuerUrl = $"{_receiver.Url}/i",
        NotBefore = Now.AddDays(-1),
        NotAfter = Now.AddDays(90),
    };

    private TestCertificate Leaf() => _authority.Issue(Options());

    private async Task<VersionRecord> UploadAsync(string name, string pem, WatchBench? bench = null)
    {
        using var inspection = await InspectAsync(pem, bench ?? _bench);
        Assert.True(inspection.IsAccepted, string.Join(", ", inspection.Findings));
        return (await (bench ?? _bench).Get<CertificateUploads>().StoreAsync(name, inspection, new LineageDetails(), default)).Version!;
    }

    /// <summary>Works off what the upload itself sent.</summary>
    private async Task WorkAsync()
    {
        foreach (var message in await _bench.TakeAsync(QueueNames.Validate))
            await _bench.Get<ChainValidation>().RunAsync(Nudge.Read(message, DueKind.Check), default);
    }

    private async Task<VersionRecord> CurrentAsync() => (await _bench.Get<CertificateRegistry>().ReadVersionAsync("shop", 1, default))!;

    private async Task<IReadOnlyList<(string Action, string? Subject, AuditPhase Phase)>> AuditAsync()
    {
        var entries = await new AuditLog(_bench.Get<IRecordStore>()).ReadAsync(Now.AddDays(-1), Now.AddDays(1), null, null, default).ToListAsync();
        return [.. entries.Select(entry => (entry.Value.Entry.Action, entry.Value.Entry.Subject, entry.Value.Entry.Phase))];
    }

    private async Task<IReadOnlyList<DueHint>> HintsAsync() => await _bench.Get<Due>().ReadAsync(DueKind.Check, DateTimeOffset.MaxValue, 1000, default)
        .Where(static hint => hint.Id.EndsWith(".validation", StringComparison.Ordinal)).ToListAsync();
}
