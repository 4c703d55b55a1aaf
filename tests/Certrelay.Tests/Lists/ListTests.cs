using Certrelay.Records;
using Certrelay.Records.Lists;
using Certrelay.Tests.Api;
using Certrelay.Tests.Certificates;
using Certrelay.Tests.Support;
using Certrelay.Watch;

namespace Certrelay.Tests.Lists;

public sealed class ListTests : IAsyncLifetime
{
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private ApiServer _server = null!;

    public async Task InitializeAsync() => _server = await ApiServer.StartAsync(_time);

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task The_first_to_expire_comes_first_and_a_window_begins_now()
    {
        await _server.PutAsync(Certificate("gone", -1));
        await _server.PutAsync(Certificate("late", 200));
        await _server.PutAsync(Certificate("soon", 2));
        await _server.PutAsync(Certificate("next-month", 29));

        Assert.Equal(["gone", "soon", "next-month", "late"], await NamesAsync("certificates?sort=expiry"));
        Assert.Equal(["soon", "next-month"], await NamesAsync("certificates?within=30d"));
        Assert.Equal(["soon"], await NamesAsync("certificates?within=48h"));
        Assert.Equal(["next-month", "soon"], await NamesAsync("certificates?within=30d&sort=name"));
    }

    [Theory]
    [InlineData("ok", "late,plain")]
    [InlineData("expiring", "short,soon")]
    [InlineData("expired", "gone")]
    [InlineData("no-key", "gone,late,short,soon")]
    public async Task A_state_follows_from_the_clock_and_the_key(string state, string names)
    {
        await _server.PutAsync(Certificate("gone", -1));
        await _server.PutAsync(Certificate("soon", 29));
        await _server.PutAsync(Certificate("late", 31));
        // A life of six days: two of them are a third.
        await _server.PutAsync(Certificate("short", 1.9) is var six ? six with { Leaf = six.Leaf! with { NotBefore = _time.GetUtcNow().AddDays(-4.1) } } : six);
        await _server.PutAsync(Certificate("plain", 80) is var good ? good with { Leaf = good.Leaf! with { HasKey = true } } : good);

        Assert.Equal(names.Split(','), (await NamesAsync($"certificates?state={state}")).Order(StringComparer.Ordinal));
        Assert.Equal(names.Split(','), await NamesAsync($"certificates?state={state}&sort=name"));
    }

    [Fact]
    public async Task A_list_shows_what_time_and_people_have_changed_since_the_last_one()
    {
        await _server.PutAsync(Certificate("shop", 31));

        async Task<(string State, string Owner)> ShownAsync()
        {
            var item = (await _server.GetAsync("/api/certificates?sort=expiry")).Json["items"]![0]!;
            return (item["state"]!.GetValue<string>(), item["owner"]!.GetValue<string>());
        }

        Assert.Equal(("ok", "web team"), await ShownAsync());
        Assert.Equal(("ok", "web team"), await ShownAsync());
        var etag = (await _server.GetAsync("/api/certificates/shop")).Headers["ETag"];
        var changed = await _server.SendAsync("PATCH", "/api/certificates/shop", """{"owner":"others"}""", null, ("If-Match", etag));
        Assert.True(changed.Status == 200, changed.Body);
        Assert.Equal(("ok", "others"), await ShownAsync());
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(("expiring", "others"), await ShownAsync());
    }

    [Fact]
    public async Task A_domain_lists_what_lies_at_or_below_it_once()
    {
        await _server.PutAsync(Certificate("apex", 80, "example.com", "www.example.com"));
        await _server.PutAsync(Certificate("star", 80, "*.shop.example.com", "pay.shop.example.com", "other.test"));
        await _server.PutAsync(Certificate("near", 80, "notexample.com", "example.com.test"));
        await _server.PutAsync(Certificate("private", 80, "10.0.0.1", "fe80::1", "host"));

        Assert.Equal(["apex", "star"], await NamesAsync("certificates?domain=EXAMPLE.com."));
        Assert.Equal(["star"], await NamesAsync("certificates?domain=shop.example.com"));
        Assert.Equal(["apex", "star"], await NamesAsync("certificates?domain=example.com&sort=name"));
        Assert.Equal(["apex", "near", "star"], await NamesAsync("certificates?domain=com"));
        Assert.Equal(["private"], await NamesAsync("certificates?domain=10.0.0.1"));
        Assert.Equal(["private"], await NamesAsync("certificates?domain=fe80:0::1"));
        Assert.Empty(await NamesAsync("certificates?domain=0.0.1"));
        Assert.Equal(["private"], await NamesAsync("certificates?domain=host"));
    }

    [Fact]
    public async Task Filters_go_together()
    {
        await _server.PutAsync(Certificate("shop-a", 10, "a.example.com"));
        await _server.PutAsync(Certificate("shop-b", 10, "b.example.com") with { Owner = "Büro/2" });
        await _server.PutAsync(Certificate("shop-c", 90, "c.example.com") with { Owner = "Büro/2", Tags = new Dictionary<string, string> { ["env"] = "prod", ["a b"] = "c=d" } });

        Assert.Equal(["shop-b", "shop-c"], await NamesAsync("certificates?owner=B%C3%BCro/2"));
        Assert.Equal(["shop-c"], await NamesAsync("certificates?tag=env=prod&tag=a+b=c=d"));
        Assert.Equal(["shop-b"], await NamesAsync("certificates?owner=B%C3%BCro/2&within=30d&tag=env=prod&domain=example.com&name=shop-"));
        Assert.Equal(["shop-b"], await NamesAsync("certificates?owner=B%C3%BCro/2&name=shop-b&sort=domain&domain=example.com"));
        Assert.Empty(await NamesAsync("certificates?owner=none&tag=env=prod"));
    }

    [Fact]
    public async Task Bad_filters_are_told_all_at_once()
    {
        var certificates = await _server.GetAsync("/api/certificates?name=A&tag=x&domain=a%20b&state=good&within=30&sort=size&limit=0&after=x");
        var targets = await _server.GetAsync("/api/targets?kind=none&certificate=A&state=good");

        Assert.Equal((400, "query.invalid"), (certificates.Status, certificates.Problem));
        Assert.Equal(["?name", "?tag", "?domain", "?state", "?within", "?sort", "?limit"], certificates.Json["faults"]!.AsArray().Select(static fault => (string)fault!["at"]!));
        Assert.Equal(["?kind", "?certificate", "?state"], targets.Json["faults"]!.AsArray().Select(static fault => (string)fault!["at"]!));
        Assert.Equal("query.invalid", (await _server.GetAsync("/api/certificates?sort=domain")).Problem);
        Assert.Equal("query.invalid", (await _server.GetAsync("/api/certificates?owner=a&owner=b")).Problem);
    }

    [Fact]
    public async Task A_page_of_one_order_does_not_go_on_in_another()
    {
        await _server.PutAsync(Certificate("a", 1));
        await _server.PutAsync(Certificate("b", 2));

        var next = (string)(await _server.GetAsync("/api/certificates?limit=1")).Json["next"]!;

        Assert.Equal("query.invalid", (await _server.GetAsync($"/api/certificates?sort=expiry&after={next}")).Problem);
    }

    [Fact]
    public async Task A_page_with_a_narrow_filter_reads_no_more_than_its_bound_and_has_a_next()
    {
        for (var i = 0; i < 2001; i++)
            await _server.PutAsync(Certificate($"a-{i:0000}", 80));
        await _server.PutAsync(Certificate("z", 80) is var last ? last with { Leaf = last.Leaf! with { HasKey = true } } : last);
        var scoped = await _server.TokenAsync(Role.Viewer, "z");

        var first = await _server.GetAsync("/api/certificates?owner=web+team", scoped);

        Assert.Empty(first.Json["items"]!.AsArray());
        Assert.Equal("z", (string)Assert.Single((await _server.GetAsync($"/api/certificates?owner=web+team&after={first.Json["next"]}", scoped)).Json["items"]!.AsArray())!["name"]!);
    }

    [Fact]
    public async Task An_upload_a_change_and_a_deletion_move_a_certificate_between_lists()
    {
        await _server.UploadAsync(Uploads.Good, "?name=shop");
        Assert.Equal(["shop"], await NamesAsync("certificates?domain=example.test"));
        Assert.Equal(["shop"], await NamesAsync("certificates?sort=expiry"));
        var registry = _server.Get<CertificateRegistry>();
        await registry.DescribeAsync((await registry.ReadAsync("shop", default))!, new LineageDetails("a", new Dictionary<string, string> { ["env"] = "prod" }), default);
        Assert.Equal(["shop"], await NamesAsync("certificates?owner=a&tag=env=prod"));

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await registry.DescribeAsync((await registry.ReadAsync("shop", default))!, new LineageDetails("", new Dictionary<string, string>()), default);

        Assert.Empty(await NamesAsync("certificates?owner=a"));
        Assert.Empty(await NamesAsync("certificates?tag=env=prod"));
        Assert.DoesNotContain("own.", await _server.StoredAsync(), StringComparison.Ordinal);
        Assert.Equal(204, (await _server.SendAsync("DELETE", "/api/certificates/shop?reason=old")).Status);
        Assert.Equal("", await _server.StoredAsync());
    }

    [Fact]
    public async Task A_row_that_the_truth_contradicts_is_not_shown_and_goes_once_it_is_old()
    {
        var store = _server.Get<IRecordStore>();
        var ghost = await _server.Get<ListIndex>().BeginAsync(null, Certificate("ghost", 5, "ghost.example.com"), default);
        Assert.NotNull(ghost);

        Assert.Empty(await NamesAsync("certificates?within=30d"));
        Assert.NotEmpty(await store.ScanAsync(Tables.Index, null, default).ToListAsync());
        _time.Advance(CertificateIndex.Fresh);

        foreach (var route in new[] { "within=30d", "domain=example.com", "owner=web+team", "tag=env=prod", "state=no-key" })
            Assert.Empty(await NamesAsync($"certificates?{route}"));
        // Keys are looked at with the usage of a certificate alone; a timer that the moved clock made late has its notice.
        Assert.DoesNotContain(
            await store.ScanAsync(Tables.Index, null, default).ToListAsync(), static row => row.Key.Partition.Split('.')[0] is not ("key" or "notice"));
    }

    [Fact]
    public async Task Lost_rows_come_back_with_the_index()
    {
        await _server.PutAsync(Certificate("shop", 5, "shop.example.com"));
        await _server.TargetAsync("web-a", "shop");
        foreach (var row in await _server.Get<IRecordStore>().ScanAsync(Tables.Index, null, default).ToListAsync())
            await _server.Get<IRecordStore>().WriteAsync([new RecordChange.Delete(row.Key, null)], default);
        Assert.Empty(await NamesAsync("certificates?within=30d"));

        await _server.Get<Reindex>().RunAsync(default);

        Assert.Equal(["shop"], await NamesAsync("certificates?within=30d"));
        Assert.Equal(["shop"], await NamesAsync("certificates?owner=web+team"));
        Assert.Equal(["web-a"], await NamesAsync("targets?kind=directory&certificate=shop"));
    }

    [Fact]
    public async Task Targets_are_listed_by_what_is_said_of_them_and_by_how_far_they_are()
    {
        await _server.UploadAsync(Uploads.Good, "?name=shop");
        await _server.PutAsync(ListSeed.Target("app-a"));
        await _server.PutAsync(ListSeed.Target("app-b", "shop"));
        await _server.TargetAsync("web-a", "shop");
        await _server.DesireAsync("web-a", desired: 2, bound: 1);
        Assert.Equal(["web-a"], await NamesAsync("targets?state=behind"));
        await _server.DesireAsync("web-a", desired: 2, bound: 2);

        Assert.Equal(["app-a", "app-b"], await NamesAsync("targets?owner=web+team&tag=env=prod&kind=endpoint-only"));
        Assert.Equal(["app-b", "web-a"], await NamesAsync("targets?certificate=shop"));
        Assert.Equal(["web-a"], await NamesAsync("targets?kind=directory"));
        Assert.Equal(["app-a", "app-b"], await NamesAsync("targets?name=app-"));
        Assert.Equal(["app-a"], await NamesAsync("targets?state=unassigned"));
        Assert.Equal(["app-b"], await NamesAsync("targets?state=new&certificate=shop"));
        Assert.Equal(["web-a"], await NamesAsync("targets?state=live"));
        Assert.Empty(await NamesAsync("targets?state=behind"));
    }

    private LineageRecord Certificate(string name, double days, params string[] names) => ListSeed.Certificate(name, _time.GetUtcNow().AddDays(days), names);

    private async Task<IReadOnlyList<string>> NamesAsync(string route) =>
        [.. (await _server.GetAsync($"/api/{route}")).Json["items"]!.AsArray().Select(static item => (string)item!["name"]!)];
}
