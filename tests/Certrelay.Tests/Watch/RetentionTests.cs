using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Tests.Api;
using Certrelay.Tests.Certificates;
using Certrelay.Tests.Lists;
using Certrelay.Tests.Support;
using Certrelay.Vault;
using Certrelay.Watch;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Tests.Watch;

public sealed class RetentionTests : IAsyncLifetime
{
    private const string Rollout = "00000000000000000000000001";

    private static readonly TestCertificate Old = Uploads.Leaf;
    private static readonly TestCertificate New = Uploads.Intermediate.IssueLeaf("www.example.test");

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly WebApplication _app;

    public RetentionTests() => _app = ApiServer.Build(_folder["data"], _folder.Path, _time);

    private IRecordStore Store => Get<IRecordStore>();

    public async Task InitializeAsync()
    {
        await UploadAsync(Old);
        await UploadAsync(New);
        await Store.WriteAsync(
            [
                new RecordChange.Insert(TargetRecord.Key("web-a"), ListSeed.Target("web-a").ToBody()),
                new RecordChange.Insert(TargetStateRecord.Key("web-a"), new TargetStateRecord().ToBody()),
            ], default);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_superseded_version_goes_with_its_key_when_its_time_has_come()
    {
        var hint = Assert.Single(await HintsAsync());
        Assert.Equal(("old-000001-shop", KeyText.Truncate(_time.GetUtcNow().AddDays(90))), (hint.Id, hint.Moment));
        await RunAsync(hint with { Moment = hint.Moment.AddMinutes(-1) });
        Assert.Equal((2, 2), (await VersionsAsync(), await KeysAsync()));
        Assert.Equal(hint, Assert.Single(await HintsAsync()));
        _time.Advance(TimeSpan.FromDays(90));

        await RunAsync(hint);
        await RunAsync(hint);

        Assert.Equal((1, 1), (await VersionsAsync(), await KeysAsync()));
        Assert.Null(await Get<CertificateRegistry>().ReadVersionAsync("shop", 1, default));
        Assert.Empty(await HintsAsync());
        Assert.Equal(3, (await UploadAsync(Old)).Version!.Sequence);
    }

    [Fact]
    public async Task Of_an_SM2_pair_both_keys_go()
    {
        using var authority = new Sm2Authority();
        foreach (var name in new[] { "enc", "enc-2" })
            authority.Issue(name, "sm2", "keyEncipherment,keyAgreement");
        authority.Issue("sm2-2", "sm2", "digitalSignature");
        await PairAsync(authority, "sm2", "enc");
        await PairAsync(authority, "sm2-2", "enc-2");
        Assert.Equal((4, 6), (await VersionsAsync(), await KeysAsync()));
        _time.Advance(TimeSpan.FromDays(90));

        await RunAsync((await HintsAsync()).Single(static hint => hint.Id == "old-000003-shop"));

        Assert.Equal((3, 4), (await VersionsAsync(), await KeysAsync()));
    }

    [Theory]
    [InlineData("desired")]
    [InlineData("bound")]
    [InlineData("needed by an unsettled step")]
    [InlineData("needed for a restore")]
    [InlineData("brought by a rollout")]
    public async Task A_version_in_use_stays_until_it_is_not(string use)
    {
        var version = new VersionId("shop", 1, Old.Fingerprint);
        _time.Advance(TimeSpan.FromDays(90));
        await UseAsync(use, version);
        var hint = Assert.Single(await HintsAsync());

        await RunAsync(hint);

        Assert.Equal((2, 2), (await VersionsAsync(), await KeysAsync()));
        var later = Assert.Single(await HintsAsync());
        Assert.Equal((hint.Id, _time.GetUtcNow().AddDays(1)), (later.Id, later.Moment));
        await UseAsync(use, null);
        _time.Advance(TimeSpan.FromDays(8));
        await RunAsync(later);
        Assert.Equal((1, 1), (await VersionsAsync(), await KeysAsync()));
    }

    [Fact]
    public async Task A_removal_that_a_crash_cut_short_is_ended_and_the_version_counts_as_gone_until_then()
    {
        var hint = Assert.Single(await HintsAsync());
        var version = (await Store.ReadAsync<VersionRecord>(VersionRecord.RowKey("shop", 1), default))!;
        await Store.ReplaceAsync(version, version.Value with { Removing = true }, default);
        Assert.Null(await Get<CertificateRegistry>().ReadVersionAsync("shop", 1, default));
        _time.Advance(TimeSpan.FromDays(90));

        await RunAsync(hint);

        Assert.Equal((1, 1), (await VersionsAsync(), await KeysAsync()));
    }

    [Fact]
    public async Task A_settled_rollout_goes_with_all_its_rows_unless_it_is_the_last_of_a_target()
    {
        await UseAsync("brought by a rollout", new VersionId("shop", 1, Old.Fingerprint));
        await StepAsync(StepState.Verified, null);
        await StateAsync(new TargetStateRecord { Rollout = Rollout });
        await Get<RolloutSummaries>().RefreshAsync(Rollout, default);
        var hint = Assert.Single(await HintsAsync(), static hint => hint.Id == $"done-{Rollout}");
        Assert.Equal(KeyText.Truncate(_time.GetUtcNow().AddDays(365)), hint.Moment);

        await RunAsync(hint);
        Assert.NotNull(await Get<RolloutSummaries>().ReadAsync(Rollout, default));
        _time.Advance(TimeSpan.FromDays(365));
        await RunAsync(hint);
        Assert.NotNull(await Get<RolloutSummaries>().ReadAsync(Rollout, default));
        await StateAsync(new TargetStateRecord());
        await RunAsync(hint);

        Assert.Empty(await Store.ScanAsync(Tables.Rollouts, null, default).ToListAsync());
    }

    [Fact]
    public void Nothing_is_due_where_everything_is_kept()
    {
        var lineage = ListSeed.Certificate("shop", _time.GetUtcNow());

        Assert.Null(new KeepOptions().HintOf(lineage, _time.GetUtcNow()));
        Assert.NotNull(new KeepOptions(TimeSpan.FromDays(1)).HintOf(lineage, _time.GetUtcNow()));
        Assert.Null(new KeepOptions(TimeSpan.FromDays(1)).HintOf(lineage with { Current = 0 }, _time.GetUtcNow()));
    }

    /// <summary>Writes what a rollout would write of the use of a version; null: of its end.</summary>
    private async Task UseAsync(string use, VersionId? version)
    {
        await Get<CertificateIndex>().HoldAsync("shop", "web-a", default);
        switch (use)
        {
            case "desired":
                await StateAsync(new TargetStateRecord { Desired = version });
                break;
            case "bound":
                await StateAsync(new TargetStateRecord { Binding = version });
                break;
            case "needed by an unsettled step":
                await StateAsync(new TargetStateRecord { Rollout = Rollout });
                await StepAsync(version is null ? StepState.Verified : StepState.Verifying, version);
                break;
            case "needed for a restore":
                await StateAsync(new TargetStateRecord { Rollout = Rollout });
                if (version is not null)
                    await StepAsync(StepState.Verified, version);
                break;
            default:
                await Get<CertificateIndex>().RunAsync("shop", Rollout, default);
                await PutAsync(RolloutRecord.Key(Rollout), new RolloutRecord
                {
                    Id = Rollout,
                    Version = version ?? new VersionId("shop", 2, New.Fingerprint),
                    Targets = [new RolloutTarget("web-a", 1)],
                    Reason = "test",
                    By = "test",
                    Correlation = "test",
                    Started = _time.GetUtcNow(),
                });
                break;
        }
    }

    private Task StateAsync(TargetStateRecord state) => PutAsync(TargetStateRecord.Key("web-a"), state);

    private Task StepAsync(StepState state, VersionId? previous) => PutAsync(StepRecord.Key(Rollout, "web-a"), new StepRecord
    {
        Rollout = Rollout,
        Target = "web-a",
        Generation = 1,
        State = state,
        PreviousBinding = previous,
        Settled = state > StepState.Restoring ? _time.GetUtcNow() : null,
    });

    private async Task PutAsync<T>(RecordKey key, T record)
        where T : IRecord<T> => await Store.WriteAsync([new RecordChange.Put(key, record.ToBody())], default);

    private async Task<UploadResult> UploadAsync(TestCertificate leaf)
    {
        using var inspection = CertificateInspector.Inspect(
            System.Text.Encoding.ASCII.GetBytes(leaf.FullChainPem + leaf.KeyPem), new InspectionOptions { Now = _time.GetUtcNow() });
        return await Get<CertificateUploads>().StoreAsync("shop", inspection, new LineageDetails(), default);
    }

    private async Task PairAsync(Sm2Authority authority, string signing, string encryption)
    {
        using var inspection = PairInspector.Inspect(
            [Pem.Bytes(authority.FullChain(signing) + authority[$"{signing}.key"])], [Pem.Bytes(authority[$"{encryption}.pem"] + authority[$"{encryption}.key"])],
            new InspectionOptions { Now = TimeProvider.System.GetUtcNow().AddMinutes(1) });
        Assert.True(inspection.IsAccepted);
        Assert.True((await Get<CertificateUploads>().StoreAsync("shop", inspection, new LineageDetails(), default)).Created);
    }

    private Task RunAsync(DueHint hint) => Get<Cleanup>().RunAsync(hint, default);

    private async Task<IReadOnlyList<DueHint>> HintsAsync() => await Get<Due>().ReadAsync(DueKind.Cleanup, DateTimeOffset.MaxValue, 10, default).ToListAsync();

    private async Task<int> VersionsAsync() => await Get<CertificateRegistry>().VersionsAsync("shop", default).CountAsync();

    private async Task<int> KeysAsync() => await Get<IVault>().VersionsAsync("crt-shop", default).CountAsync(static version => version.Enabled);

    private T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();
}
