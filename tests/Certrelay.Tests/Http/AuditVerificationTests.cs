using System.Text;
using Certrelay.Records;
using Certrelay.Tests.Vault;

namespace Certrelay.Tests.Http;

public sealed class AuditVerificationTests : AuditSite, IDisposable
{
    private readonly VaultSite _vault = new();

    public static TheoryData<string, Func<Hand, Task>, string> Deeds() => new()
    {
        { "an entry changed", hand => hand.PutAsync(2, hand.Rows[1] with { Entry = hand.Rows[1].Entry with { Caller = "somebody else" } }), "2 altered" },
        { "an entry changed and its hash too", hand => hand.PutAsync(2, hand.Rehashed(2)), "3 unlinked" },
        { "the last entry changed and its hash too", hand => hand.PutAsync(5, hand.Rehashed(5)), "5 altered" },
        { "a moment changed", hand => hand.PutAsync(4, hand.Rows[3] with { At = hand.Rows[3].At.AddHours(-1) }), "4 altered" },
        { "an entry taken out", hand => hand.DeleteAsync(3), "3 missing" },
        { "several taken out", hand => hand.DeleteAsync(2, 3), "2 missing" },
        { "the first taken out", hand => hand.DeleteAsync(1), "1 missing" },
        { "the last taken out", hand => hand.DeleteAsync(5), "5 truncated" },
        { "the last two taken out", hand => hand.DeleteAsync(4, 5), "4 truncated" },
        { "two exchanged", async hand => { await hand.PutAsync(2, hand.Rows[2]); await hand.PutAsync(3, hand.Rows[1]); }, "2 reordered, 3 reordered" },
        { "one put behind the head", hand => hand.PutAsync(6, hand.Follower()), "6 inserted" },
        { "a row of another form", hand => hand.RawAsync("1x", "{}"), "0 inserted" },
        { "a row damaged", hand => hand.RawAsync("0000000004", "damaged"), "4 unreadable" },
        { "the head taken away", hand => hand.RemoveHeadAsync(), "1 inserted, 2 inserted, 3 inserted, 4 inserted, 5 inserted" },
    };

    public void Dispose() => _vault.Dispose();

    [Theory]
    [MemberData(nameof(Deeds))]
    public async Task Sees(string row, Func<Hand, Task> deed, string faults)
    {
        Assert.NotEmpty(row);
        var hand = await WrittenAsync();

        await deed(hand);

        var report = await VerifyAsync();
        Assert.False(report.Whole);
        Assert.Equal(faults, string.Join(", ", report.Faults.Select(fault => $"{fault.Number} {fault.Kind.ToString().ToLowerInvariant()}")));
        Assert.All(report.Faults, fault => Assert.Equal(hand.Chain, fault.Chain));
    }

    [Fact]
    public async Task An_untouched_trail_is_whole()
    {
        var hand = await WrittenAsync();
        await SealAsync();

        var report = await VerifyAsync(sealed_: true);

        Assert.True(report.Whole);
        Assert.Equal([new AuditChainSummary(hand.Chain, 5, 5)], report.Chains);
    }

    [Fact]
    public async Task A_chain_opened_with_an_entry_that_is_gone_or_changed_says_so()
    {
        var hand = await WrittenAsync();
        using (var second = NewProcess())
            await second.AppendAsync(Entry("b/1"), default);

        await hand.PutAsync(5, hand.Rehashed(5));
        Assert.Contains((await VerifyAsync()).Faults, fault => fault.Kind is AuditFaultKind.Unlinked && fault.Chain != hand.Chain);
        await hand.DeleteAsync(5);
        Assert.Contains((await VerifyAsync()).Faults, fault => fault is { Kind: AuditFaultKind.Missing, Number: 5 } && fault.Chain == hand.Chain);
    }

    [Fact]
    public async Task A_chain_cut_with_its_head_is_seen_against_the_seal()
    {
        var hand = await WrittenAsync();
        await SealAsync();

        await hand.CutAsync(3);

        Assert.True((await VerifyAsync()).Whole);
        var fault = Assert.Single((await VerifyAsync(sealed_: true)).Faults);
        Assert.Equal((4, AuditFaultKind.Truncated), (fault.Number, fault.Kind));
    }

    [Fact]
    public async Task A_chain_written_anew_is_seen_against_the_seal()
    {
        var hand = await WrittenAsync();
        await SealAsync();

        await hand.WriteAnewAsync();

        Assert.True((await VerifyAsync()).Whole);
        var fault = Assert.Single((await VerifyAsync(sealed_: true)).Faults);
        Assert.Equal((5, AuditFaultKind.Unsealed), (fault.Number, fault.Kind));
    }

    [Fact]
    public async Task A_chain_that_is_gone_altogether_is_seen_against_the_seal()
    {
        var hand = await WrittenAsync();
        await SealAsync();

        await hand.RemoveAllAsync();

        var fault = Assert.Single((await VerifyAsync(sealed_: true)).Faults);
        Assert.Equal((hand.Chain, AuditFaultKind.Missing), (fault.Chain, fault.Kind));
    }

    [Fact]
    public async Task A_head_that_does_not_continue_its_seal_is_reported_and_not_sealed()
    {
        var hand = await WrittenAsync();
        Assert.Empty(await SealAsync());

        await hand.CutAsync(3);
        var faults = await SealAsync();

        var fault = Assert.Single(faults);
        Assert.Equal((hand.Chain, 5, AuditFaultKind.Unsealed), (fault.Chain, fault.Number, fault.Kind));
        Assert.Equal(5, (await Seals().ReadAsync(hand.Chain, default))!.Count);
    }

    [Fact]
    public async Task Seals_follow_a_growing_chain_and_are_written_once_a_head()
    {
        using var trail = NewProcess();
        await trail.AppendAsync(Entry("a/1"), default);
        await SealAsync();
        await SealAsync();
        var chain = Assert.Single(await ChainsAsync()).Chain;
        var name = $"aud-{chain.Replace('.', '-')}";
        Assert.Equal(1, await _vault.Open().VersionsAsync(name, default).CountAsync());

        await trail.AppendAsync(Entry("a/2"), default);
        await SealAsync();

        Assert.Equal(2, await _vault.Open().VersionsAsync(name, default).CountAsync());
        Assert.Equal(2, (await Seals().ReadAsync(chain, default))!.Count);
        Assert.True((await VerifyAsync(sealed_: true)).Whole);
    }

    private AuditSeals Seals() => new(Store, _vault.Open());

    private Task<IReadOnlyList<AuditFault>> SealAsync()
    {
        _vault.Time.Step();
        return Seals().SealAsync(Today, default);
    }

    private Task<AuditReport> VerifyAsync(bool sealed_ = false) => new AuditVerification(Store, sealed_ ? Seals() : null).VerifyAsync(Today, Today, default);

    private async Task<Hand> WrittenAsync()
    {
        using var trail = NewProcess();
        for (var i = 1; i <= 5; i++)
            await trail.AppendAsync(Entry($"a/{i}"), default);
        return new Hand(Store, Assert.Single(await ChainsAsync()).Chain, [.. (await RowsAsync()).Select(row => row.Value)]);
    }

    /// <summary>Somebody who can write the records.</summary>
    public sealed class Hand(IRecordStore store, string chain, IReadOnlyList<AuditRecord> rows)
    {
        public string Chain => chain;

        public IReadOnlyList<AuditRecord> Rows => rows;

        public Task PutAsync(long number, AuditRecord record) => store.WriteAsync([new RecordChange.Put(AuditRecord.Key(chain, number), record.ToBody())], default);

        public Task RawAsync(string row, string body) =>
            store.WriteAsync([new RecordChange.Put(new RecordKey(AuditRecord.Table, chain, row), Encoding.ASCII.GetBytes(body))], default);

        public Task DeleteAsync(params long[] numbers) =>
            store.WriteAsync([.. numbers.Select(number => new RecordChange.Delete(AuditRecord.Key(chain, number), null))], default);

        public Task RemoveHeadAsync() => store.WriteAsync([new RecordChange.Delete(AuditHead.Key(chain), null)], default);

        public AuditRecord Rehashed(int number) => Made(number, rows[number - 1].Previous, rows[number - 1].Entry with { Caller = "somebody else" });

        public AuditRecord Follower() => Made(6, rows[4].Hash, rows[4].Entry);

        public async Task CutAsync(int count)
        {
            await DeleteAsync([.. Enumerable.Range(count + 1, 5 - count)]);
            await HeadAsync(rows[count - 1]);
        }

        public async Task WriteAnewAsync()
        {
            var previous = rows[0].Previous;
            AuditRecord last = rows[0];
            for (var number = 1; number <= 5; number++)
            {
                last = Made(number, previous, rows[number - 1].Entry with { Caller = "somebody else" });
                await PutAsync(number, last);
                previous = last.Hash;
            }

            await HeadAsync(last);
        }

        public async Task RemoveAllAsync()
        {
            await DeleteAsync(1, 2, 3, 4, 5);
            await RemoveHeadAsync();
            await store.WriteAsync([new RecordChange.Delete(AuditChain.Key(chain), null), new RecordChange.Delete(AuditChain.LastKey, null)], default);
        }

        private async Task HeadAsync(AuditRecord last) =>
            await store.WriteAsync([new RecordChange.Put(AuditHead.Key(chain), new AuditHead { Count = last.Number, Hash = last.Hash }.ToBody())], default);

        private AuditRecord Made(int number, string previous, AuditEntry entry) => new()
        {
            Number = number,
            At = rows[0].At,
            Entry = entry,
            Previous = previous,
            Hash = AuditHash.Entry(chain, number, rows[0].At, entry, previous),
        };
    }
}
