using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Records;

public sealed class SqliteRecordStoreTests : RecordStoreContract, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteFile _file;

    public SqliteRecordStoreTests()
    {
        _file = new SqliteFile(_folder["records.db"]);
        Store = new SqliteRecordStore(_file);
    }

    protected override IRecordStore Store { get; }

    [Fact]
    public async Task Two_files_on_one_database_share_rows_and_conditions()
    {
        await using var other = new SqliteFile(_folder["records.db"]);
        var (here, there) = (Store, new SqliteRecordStore(other));
        var key = new RecordKey("T", "p", "r");
        await here.WriteAsync([new RecordChange.Insert(key, "0"u8.ToArray())], CancellationToken.None);

        async Task CountUp(IRecordStore store)
        {
            for (var done = 0; done < 100;)
            {
                var row = (await store.GetAsync(key, CancellationToken.None))!;
                var next = int.Parse(row.Body.Span, null) + 1;
                try
                {
                    await store.WriteAsync([new RecordChange.Replace(key, System.Text.Encoding.ASCII.GetBytes($"{next}"), row.ETag)], CancellationToken.None);
                    done++;
                }
                catch (RecordConflictException)
                {
                }
            }
        }

        await Task.WhenAll(CountUp(here), CountUp(there), CountUp(here), CountUp(there));

        Assert.Equal("400"u8.ToArray(), (await there.GetAsync(key, CancellationToken.None))!.Body.ToArray());
    }

    [Fact]
    public async Task What_was_read_before_is_read_anew_after_a_commit_of_anybody()
    {
        await using var other = new SqliteFile(_folder["records.db"]);
        var (here, there) = (Store, new SqliteRecordStore(other));
        var key = new RecordKey("T", "p", "r");

        async Task SeeAsync(string expected)
        {
            for (var again = 0; again < 2; again++)
            {
                var one = await here.GetAsync(key, CancellationToken.None);
                var many = await here.GetAsync([key], CancellationToken.None);
                var page = await here.QueryAsync("T", "p", RowRange.All, CancellationToken.None).ToListAsync();
                var scan = await here.ScanAsync("T", null, CancellationToken.None).ToListAsync();
                foreach (var row in new[] { one, many[0], page.SingleOrDefault(), scan.SingleOrDefault() })
                    Assert.Equal(expected, row is null ? "" : System.Text.Encoding.ASCII.GetString(row.Body.Span));
            }
        }

        await SeeAsync("");
        await there.WriteAsync([new RecordChange.Insert(key, "other"u8.ToArray())], CancellationToken.None);
        await SeeAsync("other");
        await here.WriteAsync([new RecordChange.Put(key, "own"u8.ToArray())], CancellationToken.None);
        await SeeAsync("own");
        await there.WriteAsync([new RecordChange.Delete(key, null)], CancellationToken.None);
        await SeeAsync("");
    }

    [Fact]
    public async Task What_was_read_before_is_not_read_again()
    {
        var (store, key) = ((SqliteRecordStore)Store, new RecordKey("T", "p", "r"));
        await store.WriteAsync([new RecordChange.Put(key, "body"u8.ToArray())], CancellationToken.None);
        await store.GetAsync(key, CancellationToken.None);
        var rows = store.RowsRead;

        await store.GetAsync(key, CancellationToken.None);
        await store.GetAsync([key, key], CancellationToken.None);

        Assert.Equal(rows, store.RowsRead);
    }

    [Fact]
    public async Task Nobody_reads_what_was_there_before_a_write_that_had_ended()
    {
        await using var other = new SqliteFile(_folder["records.db"]);
        const int Last = 5000;
        IRecordStore[] stores = [Store, new SqliteRecordStore(other)];
        var (key, ended) = (new RecordKey("T", "p", "r"), 0);

        async Task WriteAsync()
        {
            for (var i = 1; i <= Last; i++)
            {
                await stores[i % 2].WriteAsync([new RecordChange.Put(key, BitConverter.GetBytes(i))], CancellationToken.None);
                Volatile.Write(ref ended, i);
            }
        }

        async Task ReadAsync(IRecordStore store)
        {
            for (var least = 0; least < Last;)
            {
                // Lets the writer go on: reads of what is known end at once and would keep every thread of the pool.
                await Task.Yield();
                least = Volatile.Read(ref ended);
                var row = await store.GetAsync(key, CancellationToken.None);
                var page = await store.QueryAsync("T", "p", RowRange.All, CancellationToken.None).ToListAsync();
                Assert.True(least == 0 || BitConverter.ToInt32(row!.Body.Span) >= least);
                Assert.True(least == 0 || BitConverter.ToInt32(page[0].Body.Span) >= least);
            }
        }

        await Task.WhenAll([WriteAsync(), .. Enumerable.Range(0, 4).Select(reader => Task.Run(() => ReadAsync(stores[reader % 2])))]);
    }

    [Fact]
    public async Task One_conflict_in_a_group_leaves_its_neighbours_alone()
    {
        await Store.WriteAsync([new RecordChange.Insert(new RecordKey("T", "p", "50"), new byte[1])], CancellationToken.None);

        var writes = Enumerable.Range(0, 100)
            .Select(i => Store.WriteAsync([new RecordChange.Insert(new RecordKey("T", "p", $"{i}"), new byte[1])], CancellationToken.None))
            .ToArray();
        await Task.WhenAll(writes.Select(w => ((Task)w).ContinueWith(_ => { }, TaskScheduler.Default)));

        Assert.Equal(50, Array.FindIndex(writes, w => w.IsFaulted));
        Assert.Equal(99, writes.Count(w => w.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task Many_that_make_one_database_at_once_all_get_it()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => new SqliteFile(_folder["new.db"]))));

        foreach (var file in opened)
            await file.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    public async Task A_body_comes_back_as_it_was(string text)
    {
        var (key, body) = (new RecordKey("T", new string('p', 512), "r"), System.Text.Encoding.ASCII.GetBytes(text));
        await Store.WriteAsync([new RecordChange.Insert(key, body)], CancellationToken.None);

        Assert.Equal(body, (await Store.GetAsync(key, CancellationToken.None))!.Body.ToArray());
    }

    [Fact]
    public async Task A_closed_database_is_a_transient_failure()
    {
        await _file.DisposeAsync();

        var failure = await Assert.ThrowsAsync<Transient>(() => Store.WriteAsync([new RecordChange.Put(new RecordKey("T", "p", "r"), new byte[1])], CancellationToken.None));

        Assert.Equal("store.unavailable", failure.Code);
    }

    [Fact]
    public void The_database_is_readable_by_its_owner_alone() =>
        Assert.All(Directory.GetFiles(_folder.Path), file => Assert.Equal(FileStamp.OwnerOnly.Mode, File.GetUnixFileMode(file)));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _file.DisposeAsync();
        _folder.Dispose();
    }
}

public sealed class SqliteWorkQueueTests : WorkQueueContract, IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteFile _file;
    private readonly SqliteWorkQueue _queue;

    public SqliteWorkQueueTests()
    {
        _file = new SqliteFile(_folder["records.db"]);
        _queue = new SqliteWorkQueue(_file, _time);
    }

    protected override IWorkQueue Queue => _queue;

    protected override async Task<IReadOnlyList<byte[]>> ReceiveAsync(string queue, int most) =>
        [.. (await _queue.ReceiveAsync(queue, most, TimeSpan.FromMinutes(1), CancellationToken.None)).Select(d => d.Body.ToArray())];

    protected override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_receipt_is_spent_once_the_message_was_delivered_again()
    {
        await _queue.SendAsync("deploy", new byte[1], TimeSpan.Zero, CancellationToken.None);
        var first = Assert.Single(await _queue.ReceiveAsync("deploy", 1, TimeSpan.FromSeconds(30), CancellationToken.None));
        _time.Advance(TimeSpan.FromSeconds(31));
        var second = Assert.Single(await _queue.ReceiveAsync("deploy", 1, TimeSpan.FromSeconds(30), CancellationToken.None));

        Assert.Equal((1, 2), (first.DequeueCount, second.DequeueCount));
        Assert.False(await _queue.RenewAsync(first, TimeSpan.FromSeconds(30), CancellationToken.None));
        Assert.False(await _queue.DeleteAsync(first, CancellationToken.None));
        Assert.False(await _queue.PoisonAsync(first, CancellationToken.None));
        Assert.True(await _queue.DeleteAsync(second, CancellationToken.None));
        Assert.Equal(0, await _queue.CountAsync("deploy", CancellationToken.None));
    }

    [Fact]
    public async Task A_poisoned_message_lies_in_the_poison_queue_with_a_fresh_count()
    {
        await _queue.SendAsync("deploy", "x"u8.ToArray(), TimeSpan.Zero, CancellationToken.None);
        var delivery = Assert.Single(await _queue.ReceiveAsync("deploy", 1, TimeSpan.FromSeconds(30), CancellationToken.None));

        Assert.True(await _queue.PoisonAsync(delivery, CancellationToken.None));

        Assert.Equal(0, await _queue.CountAsync("deploy", CancellationToken.None));
        Assert.Equal(1, Assert.Single(await _queue.ReceiveAsync("deploy-poison", 1, TimeSpan.FromSeconds(30), CancellationToken.None)).DequeueCount);
    }

    [Fact]
    public async Task Waiting_ends_when_a_message_is_sent()
    {
        var waiting = _queue.WaitAsync("deploy", TimeSpan.FromHours(1), CancellationToken.None);
        Assert.False(waiting.IsCompleted);

        await _queue.SendAsync("deploy", new byte[1], TimeSpan.Zero, CancellationToken.None);

        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
    }

    [Fact]
    public async Task Waiting_ends_when_a_delayed_message_becomes_visible()
    {
        await _queue.SendAsync("deploy", new byte[1], TimeSpan.FromSeconds(5), CancellationToken.None);
        var waiting = _queue.WaitAsync("deploy", TimeSpan.FromHours(1), CancellationToken.None);

        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _file.DisposeAsync();
        _folder.Dispose();
    }
}
