using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;

namespace Certrelay.Watch.Metrics;

/// <summary>Adds up what <see cref="ProductMeter"/> measures, from the start of the process on.</summary>
public sealed class MeterTotals : IHostedService, IDisposable
{
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, double.PositiveInfinity];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Series>> _instruments = [];

    public MeterTotals()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == ProductMeter.Name)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    /// <summary>The totals so far, in the order of their names.</summary>
    public IReadOnlyList<MetricFamily> Read() => [.. _instruments.Select(static pair => Family(pair.Key, pair.Value)).OrderBy(static family => family.Name, StringComparer.Ordinal)];

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new KeyValuePair<string, string>[tags.Length];
        for (var i = 0; i < tags.Length; i++)
            labels[i] = KeyValuePair.Create(tags[i].Key, tags[i].Value?.ToString() ?? "");
        var key = string.Join('\n', labels.Select(static label => $"{label.Key}={label.Value}"));
        _instruments.GetOrAdd(instrument, static _ => new ConcurrentDictionary<string, Series>(StringComparer.Ordinal))
            .GetOrAdd(key, static (_, made) => new Series(made), labels)
            .Add(value);
    }

    private static MetricFamily Family(Instrument instrument, ConcurrentDictionary<string, Series> series)
    {
        var name = instrument.Name.Replace('.', '_') + (instrument.Unit is "s" ? "_seconds" : "");
        var help = instrument.Description ?? instrument.Name;
        var all = series.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => pair.Value);
        return instrument is Histogram<double>
            ? new MetricFamily(name, MetricType.Histogram, help, [.. all.SelectMany(static one => one.Histogram())])
            : new MetricFamily($"{name}_total", MetricType.Counter, help, [.. all.Select(static one => one.Total())]);
    }

    private sealed class Series(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        private readonly Lock _lock = new();
        private readonly long[] _buckets = new long[Bounds.Length];
        private double _sum;
        private long _count;

        public void Add(double value)
        {
            lock (_lock)
            {
                _sum += value;
                _count++;
                _buckets[Array.FindIndex(Bounds, bound => value <= bound)]++;
            }
        }

        public MetricSample Total()
        {
            lock (_lock)
                return new MetricSample(_sum, labels);
        }

        public List<MetricSample> Histogram()
        {
            lock (_lock)
            {
                var samples = new List<MetricSample>();
                var below = 0L;
                for (var i = 0; i < Bounds.Length; i++)
                {
                    below += _buckets[i];
                    samples.Add(new MetricSample(below, [.. labels, KeyValuePair.Create("le", PrometheusText.Number(Bounds[i]))], "_bucket"));
                }

                samples.Add(new MetricSample(_sum, labels, "_sum"));
                samples.Add(new MetricSample(_count, labels, "_count"));
                return samples;
            }
        }
    }
}
