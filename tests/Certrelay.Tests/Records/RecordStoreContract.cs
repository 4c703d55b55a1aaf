using System.Text;
using Certrelay.Records;

namespace Certrelay.Tests.Records;

/// <summary>What every record store must do; one class for each store runs it.</summary>
public abstract class RecordStoreContract
{
    private static readonly CancellationToken None = CancellationToken.None;

    protected abstract IRecordStore Store { get; }

    [Fact]
    public async Task A_row_reads_back_as_it_was_written()
    {
        var body = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();

        var etag = await Insert("p", "r", body);

        var read = await Store.GetAsync(Key("p", "r"), None);
        Assert.Equal(body, read!.Body.ToArray());
        Assert.Equal(etag, read.ETag);
        Assert.Null(await Store.GetAsync(Key("p", "R"), None));
    }

    [Fact]
    public async Task Many_rows_come_in_the_order_of_their_keys_and_null_for_those_that_are_not_there()
    {
        for (var i = 0; i < 40; i++)
            await Store.WriteAsync([new RecordChange.Insert(Key($"p{i % 3}", $"r{i}"), BitConverter.GetBytes(i))], None);

        var keys = Enumerable.Range(0, 60).Reverse().Select(static i => Key($"p{i % 3}", $"r{i}")).ToList();
        var rows = await Store.GetAsync(keys, None);

        Assert.Equal(Enumerable.Range(0, 60).Reverse().Select(static i => i < 40 ? i : (int?)null), rows.Select(static row => row is null ? (int?)null : BitConverter.ToInt32(row.Body.Span)));
        Assert.Equal(keys[^1], rows[^1]!.Key);
        Assert.Equal((await Store.GetAsync(keys[^1], None))!.ETag, rows[^1]!.ETag);
        Assert.Empty(await Store.GetAsync((IReadOnlyList<RecordKey>)[], None));
    }

    [Fact]
    public async Task Insert_refuses_a_row_that_exists()
    {
        await Insert("p", "r", "one");

        await Assert.ThrowsAsync<RecordConflictException>(() => Insert("p", "r", "two"));

        Assert.Equal("one", await Text("p", "r"));
    }

    [Fact]
    public async Task Replace_refuses_an_old_etag_and_a_missing_row()
    {
        var first = await Insert("p", "r", "one");
        var second = await Replace("p", "r", "two", first);

        Assert.NotEqual(first, second);
        await Assert.ThrowsAsync<RecordConflictException>(() => Replace("p", "r", "three", first));
        await Assert.ThrowsAsync<RecordConflictException>(() => Replace("p", "gone", "x", first));
        Assert.Equal("two", await Text("p", "r"));
    }

    [Fact]
    public async Task An_etag_is_not_used_again_after_a_deletion()
    {
        var old = await Insert("p", "r", "one");
        await Store.WriteAsync([new RecordChange.Delete(Key("p", "r"), old)], None);
        await Insert("p", "r", "one");

        await Assert.ThrowsAsync<RecordConflictException>(() => Replace("p", "r", "two", old));
    }

    [Fact]
    public async Task Delete_checks_the_etag_when_it_has_one()
    {
        var first = await Insert("p", "r", "one");
        await Replace("p", "r", "two", first);

        await Assert.ThrowsAsync<RecordConflictException>(() => Store.WriteAsync([new RecordChange.Delete(Key("p", "r"), first)], None));
        await Store.WriteAsync([new RecordChange.Delete(Key("p", "r"), null)], None);
        await Store.WriteAsync([new RecordChange.Delete(Key("p", "r"), null)], None);

        Assert.Null(await Store.GetAsync(Key("p", "r"), None));
    }

    [Fact]
    public async Task A_batch_with_one_unmet_condition_writes_nothing()
    {
        await Insert("p", "b", "old");

        var conflict = await Assert.ThrowsAsync<RecordConflictException>(() => Store.WriteAsync(
            [new RecordChange.Insert(Key("p", "a"), Bytes("new")), new RecordChange.Put(Key("p", "c"), Bytes("new")), new RecordChange.Insert(Key("p", "b"), Bytes("new"))], None));

        Assert.Equal("b", conflict.Key.Row);
        Assert.Null(await Store.GetAsync(Key("p", "a"), None));
        Assert.Null(await Store.GetAsync(Key("p", "c"), None));
        Assert.Equal("old", await Text("p", "b"));
    }

    [Fact]
    public async Task A_batch_applies_all_its_kinds_and_answers_each_etag()
    {
        var replaced = await Insert("p", "a", "old");
        await Insert("p", "b", "old");

        var etags = await Store.WriteAsync(
            [
                new RecordChange.Replace(Key("p", "a"), Bytes("new"), replaced), new RecordChange.Delete(Key("p", "b"), null),
                new RecordChange.Insert(Key("p", "c"), Bytes("new")), new RecordChange.Put(Key("p", "d"), Bytes("new")),
            ], None);

        Assert.Equal(["a", "c", "d"], await Rows("p", RowRange.All));
        Assert.Null(etags[1]);
        Assert.Equal(etags[2], (await Store.GetAsync(Key("p", "c"), None))!.ETag);
    }

    public static TheoryData<string, RecordChange[]> IllFormed() => new()
    {
        { "empty", [] },
        { "101 changes", [.. Enumerable.Range(0, 101).Select(i => new RecordChange.Put(new RecordKey("T", "p", $"{i}"), Bytes("x")))] },
        { "two partitions", [new RecordChange.Put(new RecordKey("T", "p", "a"), Bytes("x")), new RecordChange.Put(new RecordKey("T", "q", "a"), Bytes("x"))] },
        { "one row twice", [new RecordChange.Put(new RecordKey("T", "p", "a"), Bytes("x")), new RecordChange.Delete(new RecordKey("T", "p", "a"), null)] },
        { "bodies over the limit together", [.. Enumerable.Range(0, 4).Select(i => new RecordChange.Put(new RecordKey("T", "p", $"{i}"), new byte[750 * 1024]))] },
        { "a body over the limit", [new RecordChange.Put(new RecordKey("T", "p", "a"), new byte[IRecordStore.LongestBody + 1])] },
    };

    [Theory]
    [MemberData(nameof(IllFormed), DisableDiscoveryEnumeration = true)]
    public async Task Refuses_a_batch_that_is_not_well_formed(string why, RecordChange[] changes)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.WriteAsync(changes, None));
        Assert.Empty(await Rows("p", RowRange.All));
        Assert.NotEmpty(why);
    }

    [Fact]
    public async Task The_longest_body_and_a_full_batch_are_taken()
    {
        await Insert("p", "long", new byte[IRecordStore.LongestBody]);
        await Store.WriteAsync([.. Enumerable.Range(0, 100).Select(i => new RecordChange.Insert(Key("q", $"{i:000}"), Bytes("x")))], None);

        Assert.Equal(IRecordStore.LongestBody, (await Store.GetAsync(Key("p", "long"), None))!.Body.Length);
        Assert.Equal(100, (await Rows("q", RowRange.All)).Count);
    }

    [Fact]
    public async Task Rows_come_in_ordinal_order_within_half_open_bounds()
    {
        foreach (var row in new[] { "b", "a~20", "B", "a-1", "a", "a.1", "c" })
            await Insert("p", row, row);
        await Insert("o", "a", "x");
        await Insert("q", "a", "x");

        Assert.Equal(["B", "a", "a-1", "a.1", "a~20", "b", "c"], await Rows("p", RowRange.All));
        Assert.Equal(["a", "a-1", "a.1", "a~20"], await Rows("p", new RowRange("a", "b")));
        Assert.Equal(["a", "a-1", "a.1", "a~20"], await Rows("p", RowRange.StartingWith("a")));
        Assert.Equal(["c"], await Rows("p", new RowRange("c", null)));
    }

    [Fact]
    public async Task A_range_longer_than_a_page_is_read_whole_and_once()
    {
        const int count = 2500;
        foreach (var chunk in Enumerable.Range(0, count).Chunk(100))
            await Store.WriteAsync([.. chunk.Select(i => new RecordChange.Insert(Key("p", $"{i:00000}"), Bytes("x")))], None);

        var rows = await Rows("p", RowRange.All);

        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i:00000}"), rows);
    }

    [Fact]
    public async Task A_range_can_be_changed_while_it_is_read()
    {
        foreach (var i in Enumerable.Range(0, 100))
            await Insert("p", $"{i:000}", "x");

        var seen = new List<string>();
        await foreach (var row in Store.QueryAsync("T", "p", RowRange.All, None))
        {
            seen.Add(row.Key.Row);
            await Store.WriteAsync([new RecordChange.Delete(row.Key, row.ETag)], None);
        }

        Assert.Equal(100, seen.Distinct().Count());
        Assert.Empty(await Rows("p", RowRange.All));
    }

    [Fact]
    public async Task A_scan_passes_through_partitions_in_order_and_begins_after_the_one_named()
    {
        foreach (var partition in new[] { "b", "a", "c-1", "c" })
        {
            await Insert(partition, "2", "x");
            await Insert(partition, "1", "x");
        }

        Assert.Equal(["a/1", "a/2", "b/1", "b/2", "c/1", "c/2", "c-1/1", "c-1/2"], await Scan(null));
        Assert.Equal(["c/1", "c/2", "c-1/1", "c-1/2"], await Scan("b"));
    }

    [Fact]
    public async Task Of_many_writers_with_one_etag_exactly_one_wins()
    {
        var etag = await Insert("p", "r", "0");

        var won = await Task.WhenAll(Enumerable.Range(1, 40).Select(i => Task.Run(async () =>
        {
            try
            {
                await Replace("p", "r", $"{i}", etag);
                return i;
            }
            catch (RecordConflictException)
            {
                return 0;
            }
        })));

        Assert.Equal($"{Assert.Single(won, i => i > 0)}", await Text("p", "r"));
    }

    [Fact]
    public async Task A_cancelled_call_throws_and_writes_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.WriteAsync([new RecordChange.Put(Key("p", "r"), Bytes("x"))], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.GetAsync(Key("p", "r"), cancelled));

        Assert.Null(await Store.GetAsync(Key("p", "r"), None));
    }

    [Theory]
    [InlineData("a slash", "a/b")]
    [InlineData("a backslash", "a\\b")]
    [InlineData("a hash", "a#b")]
    [InlineData("a question mark", "a?b")]
    [InlineData("a control character", "a\nb")]
    [InlineData("a letter beyond ASCII", "ä")]
    [InlineData("nothing", "")]
    public void Refuses_a_key_with(string what, string part)
    {
        Assert.Throws<ArgumentException>(() => new RecordKey("T", "p", part));
        Assert.Throws<ArgumentException>(() => new RecordKey("T", part, "r"));
        Assert.NotEmpty(what);
    }

    private static RecordKey Key(string partition, string row) => new("T", partition, row);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private Task<string> Insert(string partition, string row, string text) => Insert(partition, row, Bytes(text));

    private async Task<string> Insert(string partition, string row, byte[] body) =>
        (await Store.WriteAsync([new RecordChange.Insert(Key(partition, row), body)], None))[0]!;

    private async Task<string> Replace(string partition, string row, string text, string etag) =>
        (await Store.WriteAsync([new RecordChange.Replace(Key(partition, row), Bytes(text), etag)], None))[0]!;

    private async Task<string> Text(string partition, string row) =>
        Encoding.UTF8.GetString((await Store.GetAsync(Key(partition, row), None))!.Body.Span);

    private async Task<List<string>> Rows(string partition, RowRange range)
    {
        var rows = new List<string>();
        await foreach (var row in Store.QueryAsync("T", partition, range, None))
            rows.Add(row.Key.Row);
        return rows;
    }

    private async Task<List<string>> Scan(string? after)
    {
        var rows = new List<string>();
        await foreach (var row in Store.ScanAsync("T", after, None))
            rows.Add($"{row.Key.Partition}/{row.Key.Row}");
        return rows;
    }
}
