using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Tests.Alerts;
using Certrelay.Tests.Support;
using Certrelay.Watch;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Revocation;

namespace Certrelay.Tests.Watch;

public sealed class RevocationWatchTests : IAsyncLifetime
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly WatchBench _bench = new();
    private readonly List<string> _revoked = [];
    private TestCertificate _authority = null!;
    private HttpReceiver _receiver = null!;

    private DateTimeOffset Now => _bench.Time.GetUtcNow();

    [Fact]
    public async Task A_revocation_is_told_within_a_day_and_over_when_it_is_lifted()
    {
        using var leaf = Leaf();
        await _bench.UploadAsync("shop", leaf, owner: "web");
        await _bench.WatchAsync("web-1", "shop", new Endpoint("127.0.0.1", 1));
        await AskAsync(TimeSpan.FromHours(2));
        Assert.Empty(await _bench.AlertsAsync());
        Assert.NotNull((await SavedAsync()).At);

        Revoke(leaf);
        await AskAsync(TimeSpan.FromHours(27));
        var alert = Assert.Single(await _bench.AlertsAsync());
        Assert.Equal(
            (AlertKinds.CertificateRevoked, "shop", "web", AlertLevel.Critical, "127.0.0.1:1"),
            (alert.Alert.Kind, alert.Alert.Subject, alert.Alert.Owner, alert.Alert.Level, Assert.Single(alert.Alert.Endpoints)));
        Assert.NotNull((await SavedAsync()).RevokedAt);

        _revoked.Clear();
        await AskAsync(TimeSpan.FromHours(27));
        Assert.NotNull(Assert.Single(await _bench.AlertsAsync()).Resolved);
    }

    [Fact]
    public async Task A_silent_issuer_ends_no_alert_and_its_next_answer_counts()
    {
        using var leaf = Leaf();
        Revoke(leaf);
        await _bench.UploadAsync("shop", leaf);
        await AskAsync(TimeSpan.FromHours(2));
        Assert.Single(await _bench.AlertsAsync());

        _receiver.Answer = static (_, response) =>
        {
            response.StatusCode = 503;
            return Task.CompletedTask;
        };
        await AskAsync(TimeSpan.FromHours(27));

        Assert.Null(Assert.Single(await _bench.AlertsAsync()).Resolved);
        Assert.Single(await HintsAsync());
    }

    [Fact]
    public async Task A_renewed_certificate_takes_over_and_what_was_told_of_the_old_one_is_over()
    {
        using var leaf = Leaf();
        using var renewed = Leaf();
        Revoke(leaf);
        await _bench.UploadAsync("shop", leaf);
        await AskAsync(TimeSpan.FromHours(2));
        await _bench.UploadAsync("shop", renewed);

        await AskAsync(TimeSpan.FromHours(27));

        Assert.NotNull(Assert.Single(await _bench.AlertsAsync()).Resolved);
        Assert.Equal("shop.000002.revocation", Assert.Single(await HintsAsync()).Id);
    }

    [Fact]
    public async Task A_renewal_that_names_nobody_to_ask_leaves_no_question_behind()
    {
        using var leaf = Leaf();
        using var silent = _bench.Leaf(Now.AddHours(-1), Now.AddDays(90), "shop.example.test");
        await _bench.UploadAsync("shop", leaf);
        await _bench.UploadAsync("shop", silent);

        await AskAsync(TimeSpan.FromHours(2));

        Assert.Empty(await HintsAsync());
        Assert.Empty(_receiver.Requests);
        Assert.Null(await _bench.Get<IRecordStore>().GetAsync(RevocationRecord.Key("shop"), default));
    }

    [Fact]
    public async Task Nothing_is_due_for_a_certificate_that_names_nobody_to_ask_or_is_gone()
    {
        using var silent = _bench.Leaf(Now, Now.AddDays(90), "mail.example.test");
        using var leaf = Leaf();
        await _bench.UploadAsync("mail", silent);
        Assert.Empty(await HintsAsync());
        await _bench.UploadAsync("shop", leaf);
        Assert.Single(await HintsAsync());
        var registry = _bench.Get<CertificateRegistry>();
        await registry.DeleteAsync((await registry.ReadAsync("shop", default))!, default);

        await AskAsync(TimeSpan.FromHours(2));

        Assert.Empty(await HintsAsync());
        Assert.Null(await _bench.Get<IRecordStore>().GetAsync(RevocationRecord.Key("shop"), default));
    }

    [Fact]
    public async Task A_lost_row_is_drawn_anew_by_the_weekly_walk()
    {
        using var leaf = Leaf();
        await _bench.UploadAsync("shop", leaf);
        await _bench.Get<IRecordStore>().WriteAsync([new RecordChange.Delete(RevocationRecord.Key("shop"), null)], default);
        foreach (var hint in await HintsAsync())
            await _bench.Get<Due>().RemoveAsync(hint, default);

        await _bench.Get<Reindex>().RunAsync(default);

        Assert.Equal((await SavedAsync()).Hint, Assert.Single(await HintsAsync()));
    }

    [Fact]
    public async Task A_thousand_certificates_of_one_issuer_fetch_one_list_an_hour()
    {
        using var leaf = Leaf();
        var (record, issuer) = (CertificateRecord.Parse(leaf.Der), CertificateRecord.Parse(_authority.Der));
        var check = _bench.Get<RevocationCheck>();

        await Parallel.ForAsync(0, 1000, async (_, token) =>
            Assert.Equal(RevocationState.Good, (await check.CheckAsync(record, issuer, Longest, token))!.State));
        Assert.Single(_receiver.Requests);
        Revoke(leaf);
        _bench.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(RevocationState.Revoked, (await check.CheckAsync(record, issuer, Longest, default))!.State);
        Assert.Equal(2, _receiver.Requests.Count);
    }

    [Fact]
    public async Task A_source_that_does_not_answer_is_left_alone_for_a_minute()
    {
        _receiver.Answer = static (_, response) =>
        {
            response.StatusCode = 503;
            return Task.CompletedTask;
        };
        using var leaf = Leaf();
        var (record, issuer) = (CertificateRecord.Parse(leaf.Der), CertificateRecord.Parse(_authority.Der));
        var check = _bench.Get<RevocationCheck>();

        await Parallel.ForAsync(0, 100, async (_, token) =>
            Assert.Equal(RevocationState.Unknown, (await check.CheckAsync(record, issuer, Longest, token))!.State));
        Assert.Single(_receiver.Requests);
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        await check.CheckAsync(record, issuer, Longest, default);

        Assert.Equal(2, _receiver.Requests.Count);
    }

    public async Task InitializeAsync()
    {
        _authority = _bench.Root.IssueAuthority("Test Intermediate");
        _receiver = await HttpReceiver.StartAsync();
        _receiver.Answer = async (_, response) => await response.Body.WriteAsync(List());
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    private async Task AskAsync(TimeSpan within) => await _bench.WalkAsync(within, TimeSpan.FromHours(1));

    private TestCertificate Leaf() => _authority.Issue(new TestCertificateOptions
    {
        Names = ["shop.example.test"],
        NotBefore = Now.AddHours(-1),
        NotAfter = Now.AddDays(90),
        Extensions = [CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([$"{_receiver.Url}/list.crl"])],
    });

    private void Revoke(TestCertificate leaf) => _revoked.Add(CertificateRecord.Parse(leaf.Der).Serial);

    private byte[] List()
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var serial in _revoked)
            builder.AddEntry(Convert.FromHexString(serial), Now.AddHours(-1));
        using var issuer = _authority.ToX509();
        return builder.Build(issuer, BigInteger.One, Now.AddDays(7), HashAlgorithmName.SHA256, thisUpdate: Now.AddMinutes(-1));
    }

    private async Task<RevocationRecord> SavedAsync() => (await _bench.Get<IRecordStore>().ReadAsync<RevocationRecord>(RevocationRecord.Key("shop"), default))!.Value;

    private async Task<IReadOnlyList<DueHint>> HintsAsync() => await _bench.Get<Due>().ReadAsync(DueKind.Check, DateTimeOffset.MaxValue, 1000, default)
        .Where(static hint => hint.Id.EndsWith(".revocation", StringComparison.Ordinal)).ToListAsync();
}
