using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Http;

/// <summary>A store with audit trails, each as a process of its own.</summary>
public abstract class AuditSite : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private SqliteFile _file = null!;

    protected ManualTime Time { get; } = new();

    protected IRecordStore Store { get; private set; } = null!;

    protected DateOnly Today => DateOnly.FromDateTime(Time.GetUtcNow().UtcDateTime);

    public Task InitializeAsync()
    {
        _file = new SqliteFile(_folder["records.db"]);
        Store = new SqliteRecordStore(_file);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _file.DisposeAsync();
        _folder.Dispose();
    }

    protected AuditTrail NewProcess() => new(Store, Time);

    protected static AuditEntry Entry(string subject, string caller = "me") => new() { Phase = AuditPhase.Intent, Caller = caller, Action = "note.create", Subject = subject };

    protected async Task<List<Stored<AuditRecord>>> RowsAsync() =>
        await new AuditLog(Store).ReadAsync(DateTimeOffset.MinValue, Time.GetUtcNow(), null, null, default).ToListAsync();

    protected async Task<List<AuditChain>> ChainsAsync() => await Store
        .ReadRangeAsync<AuditChain>(AuditRecord.Table, AuditChain.Partition, AuditChain.Days(Today.AddDays(-30), Today), default).Select(chain => chain.Value).ToListAsync();
}

public sealed class AuditTrailTests : AuditSite
{
    [Fact]
    public async Task Entries_are_numbered_and_chained()
    {
        using var trail = NewProcess();

        var references = new List<string>();
        foreach (var subject in (string[])["a/1", "a/2", "a/3"])
            references.Add(await trail.AppendAsync(Entry(subject), default));

        var rows = await RowsAsync();
        var chain = Assert.Single(await ChainsAsync());
        Assert.Equal(Enumerable.Range(1, 3).Select(i => $"{chain.Chain}.{i}"), references);
        Assert.Equal([1, 2, 3], rows.Select(row => row.Value.Number));
        Assert.Equal(AuditHash.Opening(chain.Chain, null), rows[0].Value.Previous);
        Assert.Equal(rows[0].Value.Hash, rows[1].Value.Previous);
        Assert.Equal(rows[1].Value.Hash, rows[2].Value.Previous);
        Assert.Equal(3, rows.Select(row => row.Value.Hash).Distinct().Count());
    }

    [Fact]
    public void The_hash_covers_every_field_and_where_one_ends()
    {
        var at = Time.GetUtcNow();
        var entry = new AuditEntry
        {
            Phase = AuditPhase.Outcome,
            Caller = "c",
            Action = "a",
            Subject = "s",
            Reason = "r",
            Correlation = "x",
            Outcome = "o",
            Intent = "i",
        };
        AuditEntry[] others =
        [
            entry with { Phase = AuditPhase.Intent }, entry with { Caller = "d" }, entry with { Action = "b" }, entry with { Subject = null }, entry with { Subject = "" },
            entry with { Reason = "R" }, entry with { Correlation = "y" }, entry with { Outcome = "p" }, entry with { Intent = "j" }, entry with { Caller = "ca", Action = "" },
        ];
        string[] hashes =
        [
            AuditHash.Entry("20260105.w", 1, at, entry, "p"), AuditHash.Entry("20260105.v", 1, at, entry, "p"), AuditHash.Entry("20260105.w", 2, at, entry, "p"),
            AuditHash.Entry("20260105.w", 1, at.AddTicks(1), entry, "p"), AuditHash.Entry("20260105.w", 1, at, entry, "q"),
            .. others.Select(other => AuditHash.Entry("20260105.w", 1, at, other, "p")),
        ];

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        // Computed with another program from the documented form, which is part of the stored data and never changes.
        Assert.Equal("c987305da0482e490e0970e7b199cb2cdf94def847aa83876a45212bbace75c6", AuditHash.Entry("20260105.w", 1, at, entry, "p"));
    }

    [Fact]
    public async Task Calls_at_once_are_all_kept_in_one_chain()
    {
        using var trail = NewProcess();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => trail.AppendAsync(Entry($"a/{i}"), default))));

        Assert.Equal(50, (await RowsAsync()).Select(row => row.Value.Entry.Subject).Distinct().Count());
        Assert.True((await new AuditVerification(Store, null).VerifyAsync(Today, Today, default)).Whole);
    }

    [Fact]
    public async Task A_process_opens_its_chain_with_the_head_before_it()
    {
        using var first = NewProcess();
        using var second = NewProcess();
        await first.AppendAsync(Entry("a/1"), default);
        await first.AppendAsync(Entry("a/2"), default);
        await second.AppendAsync(Entry("b/1"), default);
        await first.AppendAsync(Entry("a/3"), default);

        var rows = await RowsAsync();
        var chains = await ChainsAsync();
        Assert.Equal(2, chains.Count);
        var opened = chains.Single(chain => chain.OpenedWith is not null);
        Assert.Equal(rows.Single(row => row.Value.Entry.Subject == "a/2").Value.Hash, opened.OpenedWith!.Hash);
        Assert.Equal(2, opened.OpenedWith.Count);
        Assert.True((await new AuditVerification(Store, null).VerifyAsync(Today, Today, default)).Whole);
    }

    [Fact]
    public async Task A_new_day_is_a_new_chain_opened_with_the_day_before()
    {
        using var trail = NewProcess();
        await trail.AppendAsync(Entry("a/1"), default);
        Time.Advance(TimeSpan.FromHours(16));
        await trail.AppendAsync(Entry("a/2"), default);

        var chains = await ChainsAsync();
        Assert.Equal(["20260105", "20260106"], chains.Select(chain => chain.Chain[..8]));
        Assert.Equal(chains[0].Chain, chains[1].OpenedWith!.Chain);
        Assert.Equal(["a/1", "a/2"], (await RowsAsync()).Select(row => row.Value.Entry.Subject));
        Assert.Equal("a/2", Assert.Single(await new AuditLog(Store).ReadAsync(Time.GetUtcNow().AddHours(-1), Time.GetUtcNow(), null, null, default).ToListAsync()).Value.Entry.Subject);
    }

    [Fact]
    public async Task A_chain_in_which_somebody_else_wrote_is_left_for_a_new_one()
    {
        using var trail = NewProcess();
        await trail.AppendAsync(Entry("a/1"), default);
        var chain = Assert.Single(await ChainsAsync()).Chain;
        await Store.InsertAsync(AuditRecord.Key(chain, 2), (await RowsAsync())[0].Value, default);

        await trail.AppendAsync(Entry("a/2"), default);

        Assert.Equal(2, (await ChainsAsync()).Count);
        var fault = Assert.Single((await new AuditVerification(Store, null).VerifyAsync(Today, Today, default)).Faults, fault => fault.Kind is AuditFaultKind.Inserted);
        Assert.Equal((chain, 2), (fault.Chain, fault.Number));
    }

    [Fact]
    public async Task A_reading_goes_on_behind_a_place()
    {
        using var first = NewProcess();
        await first.AppendAsync(Entry("a/1"), default);
        await first.AppendAsync(Entry("a/2"), default);
        Time.Advance(TimeSpan.FromDays(1));
        await first.AppendAsync(Entry("a/3"), default);
        var rows = await RowsAsync();

        foreach (var (index, row) in rows.Index())
        {
            var rest = await new AuditLog(Store).ReadAsync(DateTimeOffset.MinValue, Time.GetUtcNow(), null, row.Key, default).ToListAsync();
            Assert.Equal(rows.Skip(index + 1).Select(one => one.Key), rest.Select(one => one.Key));
        }
    }
}
