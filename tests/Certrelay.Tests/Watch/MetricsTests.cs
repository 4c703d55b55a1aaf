using Certrelay.Watch;
using Certrelay.Watch.Metrics;

namespace Certrelay.Tests.Watch;

public sealed class MetricsTests
{
    [Fact]
    public void Labels_and_help_are_escaped_and_numbers_are_invariant()
    {
        var families = new[]
        {
            new MetricFamily("a_total", MetricType.Counter, "with \\ and\nline", [new MetricSample(1.5, [KeyValuePair.Create("l", "say \"x\"\n\\")])]),
            MetricFamily.Gauge("b", "plain", double.PositiveInfinity),
        };

        Assert.Equal(
            "# HELP a_total with \\\\ and\\nline\n# TYPE a_total counter\na_total{l=\"say \\\"x\\\"\\n\\\\\"} 1.5\n# HELP b plain\n# TYPE b gauge\nb +Inf\n",
            PrometheusText.Write(families));
    }

    [Fact]
    public async Task The_page_shows_counts_levels_and_ages()
    {
        await using var bench = new WatchBench();
        var now = bench.Time.GetUtcNow();
        using var young = bench.Leaf(now.AddDays(-1), now.AddDays(89), "a.example.test");
        using var old = bench.Leaf(now.AddDays(-85), now.AddDays(5), "b.example.test");
        await bench.UploadAsync("a", young);
        await bench.UploadAsync("b", old);
        await bench.WatchAsync("web-1", null, new Certrelay.Outgoing.Endpoint("127.0.0.1", 1));
        await bench.TickAsync();
        await bench.Get<TimerWork>().RunAsync("CountStatus", default);
        bench.Time.Advance(TimeSpan.FromSeconds(40));

        var page = (await bench.Get<MetricsPage>().ReadAsync(default)).ToDictionary(family => family.Name);

        double Of(string name, string label) => page[name].Samples.Single(sample => sample.Labels.Any(one => one.Value == label)).Value;
        Assert.Equal((2, 1, 1, 1), (Of("certrelay_records", "certificates"), Of("certrelay_records", "certificates.urgent"), Of("certrelay_records", "targets"), Of("certrelay_records", "targets.silent")));
        Assert.Equal(40, Of("certrelay_heartbeat_age_seconds", "CountStatus"));
        Assert.Equal(now.AddDays(5).ToUnixTimeSeconds(), Assert.Single(page["certrelay_next_expiry_timestamp_seconds"].Samples).Value);
        Assert.Equal(40, Assert.Single(page["certrelay_oldest_probe_age_seconds"].Samples).Value);
        Assert.Equal(0, Of("certrelay_timer_late", "CountStatus"));
    }
}
