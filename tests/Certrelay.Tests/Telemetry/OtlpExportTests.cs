using Certrelay.App;
using Certrelay.App.Telemetry;
using Certrelay.Tests.Alerts;
using Certrelay.Tests.Host;
using Certrelay.Tests.Watch;
using Certrelay.Watch;
using Certrelay.Watch.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Certrelay.Tests.Telemetry;

public sealed class OtlpExportTests : IAsyncLifetime
{
    private readonly WatchBench _bench = new();
    private HttpReceiver _collector = null!;

    [Fact]
    public async Task A_collector_gets_the_counters_and_the_state_of_the_records_at_each_interval_and_at_the_end()
    {
        await _bench.Get<TimerWork>().RunAsync("CountStatus", default);
        using var export = Export();

        await export.StartAsync(default);
        await PassAsync(2);
        var names = _collector.Requests.SelectMany(static request => OtlpMetrics.Names(request.Body)).ToHashSet(StringComparer.Ordinal);
        var before = _collector.Requests.Count;
        await export.StopAsync(default);

        Assert.Equal("/v1/metrics", _collector.Requests.First().Path);
        Assert.Equal("application/x-protobuf", _collector.Requests.First()["Content-Type"]);
        Assert.Superset(new HashSet<string> { "certrelay.handshakes", "certrelay_queue_messages", "certrelay_records" }, names);
        Assert.True(_collector.Requests.Count > before, "what was counted since the last interval is sent at the end");
    }

    [Fact]
    public async Task A_collector_that_fails_is_tried_again_at_the_next_interval()
    {
        _collector.Answer = static (_, response) =>
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        };
        using var export = Export();

        await export.StartAsync(default);
        await PassAsync(2);
        await export.StopAsync(default);

        Assert.False(export.ExecuteTask!.IsFaulted);
    }

    [Theory]
    [InlineData("collector:4318", "Telemetry:OtlpEndpoint")]
    [InlineData("http://user:secret@collector:4318/v1/metrics", "Telemetry:OtlpEndpoint")]
    public void An_address_that_cannot_be_used_is_refused_at_start(string endpoint, string path)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Telemetry:OtlpEndpoint"] = endpoint }).Build();

        var fault = Assert.Single(Assert.Throws<SettingsException>(() => SettingsCheck.Read(configuration)).Faults);
        Assert.StartsWith(path, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }

    public async Task InitializeAsync() => _collector = await HttpReceiver.StartAsync();

    public async Task DisposeAsync()
    {
        await _collector.DisposeAsync();
        await _bench.DisposeAsync();
    }

    private OtlpExport Export() => new(
        new TelemetrySettings { OtlpEndpoint = $"{_collector.Url}/v1/metrics", OtlpSeconds = 60 }, _bench.Get<MetricsPage>(), _bench.Time, NullLogger<OtlpExport>.Instance);

    /// <summary>Lets intervals pass until the collector has so many requests.</summary>
    private Task PassAsync(int requests) => Eventually.HoldsAsync(
        () =>
        {
            ProductMeter.Handshakes.Add(1);
            _bench.Time.Advance(TimeSpan.FromSeconds(60));
            return _collector.Requests.Count >= requests;
        },
        $"{requests} requests have come");
}
