using System.Diagnostics.Metrics;
using Certrelay.Watch.Metrics;

namespace Certrelay.App.Telemetry;

/// <summary>The gauges of <see cref="MetricsPage"/> as instruments. They show what the last reading showed: an instrument is asked without waiting, and records lie elsewhere.</summary>
internal sealed class RecordGauges(MetricsPage page) : IDisposable
{
    /// <summary>The name that listeners ask for.</summary>
    public const string Name = "Certrelay.Records";

    private readonly Meter _meter = new(Name);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private Dictionary<string, MetricFamily> _last = [];

    /// <summary>Reads anew; throws <see cref="Transient"/> (<c>store.unavailable</c>) and then shows the last reading still.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var families = await page.ReadAsync(cancellationToken);
        Volatile.Write(ref _last, families.Where(static family => family.Type is MetricType.Gauge).ToDictionary(static family => family.Name, StringComparer.Ordinal));
        foreach (var family in _last.Values.Where(family => _known.Add(family.Name)))
            _meter.CreateObservableGauge(family.Name, () => Observe(family.Name), unit: null, family.Help);
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<double>> Observe(string name) => Volatile.Read(ref _last).TryGetValue(name, out var family)
        ? family.Samples.Select(static sample => new Measurement<double>(sample.Value, sample.Labels.Select(static label => KeyValuePair.Create(label.Key, (object?)label.Value))))
        : [];
}
