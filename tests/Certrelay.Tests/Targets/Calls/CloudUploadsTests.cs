using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Calls;

/// <summary>One upload a store and fingerprint; none removed that is in use or not ours.</summary>
public sealed class CloudUploadsTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero));
    private LoopbackVendor _vendor = null!;
    private CloudBench _bench = null!;

    public async Task InitializeAsync()
    {
        _vendor = await LoopbackVendor.StartAsync(_ => Simulators.SimulatorAnswer.Of(200, "text/plain", ""));
        _bench = await LoopbackVendor.BenchAsync(_vendor, _time);
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _vendor.DisposeAsync();
    }

    [Fact]
    public async Task Of_many_who_ask_at_once_one_uploads_and_the_others_come_back()
    {
        var store = new MemoryStore { Gate = new TaskCompletionSource() };
        using var certificate = TestBundle.Ec();
        using var session = await _bench.SessionAsync(LoopbackVendor.Kind);

        var first = session.Uploads.FindOrUploadAsync(store, certificate, None);
        await store.Asked.Task;
        var waits = await Assert.ThrowsAsync<Transient>(() => session.Uploads.FindOrUploadAsync(store, certificate, None));
        store.Gate.SetResult();

        Assert.True(waits.Waits);
        Assert.Equal(await first, await session.Uploads.FindOrUploadAsync(store, certificate, None));
        Assert.Equal([CloudUploads.NameOf("test", certificate.Fingerprint, 63)], store.Kept.Values);
    }

    [Fact]
    public async Task What_is_there_already_is_used_and_never_removed()
    {
        var store = new MemoryStore();
        using var certificate = TestBundle.Ec();
        store.Foreign[certificate.Fingerprint] = "theirs";
        using var session = await _bench.SessionAsync(LoopbackVendor.Kind);

        Assert.Equal("theirs", await session.Uploads.FindOrUploadAsync(store, certificate, None));
        await session.Uploads.RetireAsync(store, "test", None);
        await session.Uploads.RetireAsync(store, "test", None);

        Assert.Empty(store.Removed);
        Assert.Empty(store.Kept);
    }

    [Fact]
    public async Task An_upload_that_a_crash_cut_off_is_made_again()
    {
        var store = new MemoryStore();
        using var certificate = TestBundle.Ec();
        using var session = await _bench.SessionAsync(LoopbackVendor.Kind);
        var begun = new UploadRecord { Certificate = "test", Fingerprint = certificate.Fingerprint, UploadingUntil = _time.GetUtcNow().AddMinutes(2), Created = _time.GetUtcNow() };
        await _bench.Product.Get<IRecordStore>().InsertAsync(UploadRecord.Key(CloudBench.Account, store.Id, "test", certificate.Fingerprint), begun, None);

        Assert.True((await Assert.ThrowsAsync<Transient>(() => session.Uploads.FindOrUploadAsync(store, certificate, None))).Waits);
        _time.Advance(TimeSpan.FromMinutes(3));

        Assert.NotEmpty(await session.Uploads.FindOrUploadAsync(store, certificate, None));
    }

    [Fact]
    public async Task An_upload_that_failed_is_tried_again_at_once()
    {
        var store = new MemoryStore { Failure = new Transient("cloud.unavailable", "gone") };
        using var certificate = TestBundle.Ec();
        using var session = await _bench.SessionAsync(LoopbackVendor.Kind);

        await Assert.ThrowsAsync<Transient>(() => session.Uploads.FindOrUploadAsync(store, certificate, None));
        store.Failure = null;

        Assert.NotEmpty(await session.Uploads.FindOrUploadAsync(store, certificate, None));
    }

    [Fact]
    public async Task One_that_fails_too_late_leaves_the_upload_of_whoever_took_over()
    {
        var (slow, quick) = (new MemoryStore { Gate = new TaskCompletionSource(), Failure = new Transient("cloud.unavailable", "gone") }, new MemoryStore());
        using var certificate = TestBundle.Ec();
        using var session = await _bench.SessionAsync(LoopbackVendor.Kind);
        var late = session.Uploads.FindOrUploadAsync(slow, certificate, None);
        await slow.Asked.Task;
        _time.Advance(TimeSpan.FromMinutes(3));
        var id = await session.Uploads.FindOrUploadAsync(quick, certificate, None);

        slow.Gate.SetResult();
        await Assert.ThrowsAsync<Transient>(() => late);

        Assert.Equal(id, await session.Uploads.FindOrUploadAsync(quick, certificate, None));
        Assert.Single(quick.Kept);
    }

    [Fact]
    public async Task Superseded_uploads_go_but_the_newest_of_them_and_what_a_target_has()
    {
        var store = new MemoryStore();
        using var session = await _bench.SessionAsync(LoopbackVendor.Kind);
        var uploads = await UploadAsync(session, store, 4);

        // The oldest is what a target still has.
        await HoldAsync("www", uploads[0]);
        await session.Uploads.RetireAsync(store, "test", None);

        Assert.Equal([uploads[2].Id, uploads[1].Id], store.Removed);
        Assert.Equal([uploads[0].Id, uploads[3].Id], store.Kept.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_the_vendor_calls_in_use_stays()
    {
        var store = new MemoryStore();
        using var session = await _bench.SessionAsync(LoopbackVendor.Kind);
        var uploads = await UploadAsync(session, store, 3);
        store.InUse.Add(uploads[0].Id);

        await session.Uploads.RetireAsync(store, "test", None);

        Assert.Equal([uploads[1].Id], store.Removed);
        store.InUse.Clear();
        await session.Uploads.RetireAsync(store, "test", None);
        Assert.Equal([uploads[1].Id, uploads[0].Id], store.Removed);
    }

    [Fact]
    public async Task A_full_store_is_made_room_in_by_the_oldest_that_nothing_uses()
    {
        var store = new MemoryStore { Quota = 2 };
        using var session = await _bench.SessionAsync(LoopbackVendor.Kind);
        var uploads = await UploadAsync(session, store, 2);
        await HoldAsync("www", uploads[1]);
        using var next = TestBundle.Ec();

        await session.Uploads.FindOrUploadAsync(store, next, None);

        Assert.Equal([uploads[0].Id], store.Removed);
        using var another = TestBundle.Ec();
        await HoldAsync("www", uploads[1], desired: next.Fingerprint);
        Assert.Equal(FindingCodes.CloudQuota.Code, (await Assert.ThrowsAsync<Permanent>(() => session.Uploads.FindOrUploadAsync(store, another, None))).Code);
        Assert.Single(store.Removed);
    }

    [Fact]
    public async Task A_plan_looks_and_writes_nothing()
    {
        var store = new MemoryStore();
        using var certificate = TestBundle.Ec();
        using (var session = await _bench.SessionAsync(LoopbackVendor.Kind, new CloudPlan()))
            await session.Uploads.FindOrUploadAsync(store, certificate, None);

        var rows = await _bench.Product.Get<IRecordStore>().QueryAsync(Tables.Accounts, CloudBench.Account, RowRange.StartingWith("u."), None).ToListAsync();

        Assert.Empty(rows);
    }

    [Theory]
    [InlineData("shop", 63, "certrelay-shop-")]
    [InlineData("a-name-that-is-far-too-long-for-this-store", 32, "certrelay-a-name-that-i-")]
    [InlineData("a-name-that-ends-badly", 30, "certrelay-a-name-that-")]
    public void A_name_is_cut_and_keeps_prefix_and_fingerprint(string certificate, int longest, string start)
    {
        using var bundle = TestBundle.Ec();

        var name = CloudUploads.NameOf(certificate, bundle.Fingerprint, longest);

        Assert.Equal(start + bundle.Fingerprint.Hex[..8], name);
        Assert.True(name.Length <= longest);
    }

    private async Task<List<(string Id, Fingerprint Fingerprint)>> UploadAsync(CloudSession session, MemoryStore store, int count)
    {
        var uploads = new List<(string, Fingerprint)>();
        for (var i = 0; i < count; i++)
        {
            using var certificate = TestBundle.Ec();
            uploads.Add((await session.Uploads.FindOrUploadAsync(store, certificate, None), certificate.Fingerprint));
            _time.Advance(TimeSpan.FromDays(60));
        }

        return uploads;
    }

    /// <summary>A target that has this version, and shall have that one.</summary>
    private async Task HoldAsync(string target, (string Id, Fingerprint Fingerprint) upload, Fingerprint? desired = null)
    {
        await _bench.Product.Get<CertificateIndex>().HoldAsync("test", target, None);
        var state = new TargetStateRecord { Binding = new VersionId("test", 1, upload.Fingerprint), Desired = new VersionId("test", 2, desired ?? upload.Fingerprint) };
        await _bench.Product.Get<IRecordStore>().WriteAsync([new RecordChange.Put(TargetStateRecord.Key(target), state.ToBody())], None);
    }

    /// <summary>A store in memory; what is in it can be counted.</summary>
    private sealed class MemoryStore : ICertificateStore
    {
        private int _last;

        public string Id => "store";

        public int LongestName => 63;

        public ConcurrentDictionary<string, string> Kept { get; } = [];

        public Dictionary<Fingerprint, string> Foreign { get; } = [];

        public List<string> Removed { get; } = [];

        public HashSet<string> InUse { get; } = [];

        public int Quota { get; init; } = int.MaxValue;

        public Failure? Failure { get; set; }

        public TaskCompletionSource? Gate { get; init; }

        public TaskCompletionSource Asked { get; } = new();

        public Task<StoredUpload?> FindAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken) =>
            Task.FromResult(Foreign.TryGetValue(certificate.Fingerprint, out var id) ? new StoredUpload(id, "by hand", certificate.Fingerprint, [], null) : null);

        public async Task<string> UploadAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
        {
            Asked.TrySetResult();
            if (Gate is { } gate)
                await gate.Task;
            if (Failure is { } failure)
                throw failure;
            if (Kept.Count >= Quota)
                throw new Permanent(FindingCodes.CloudQuota.Code, "full");
            var id = $"id-{++_last}";
            Kept[id] = name;
            return id;
        }

        public Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
        {
            if (InUse.Contains(id))
                return Task.FromResult(false);
            Removed.Add(id);
            Kept.TryRemove(id, out _);
            return Task.FromResult(true);
        }

        public async IAsyncEnumerable<StoredUpload> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            foreach (var (id, name) in Kept)
                yield return new StoredUpload(id, name, null, [], null);
        }
    }
}
