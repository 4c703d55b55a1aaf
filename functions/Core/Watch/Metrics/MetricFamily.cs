namespace Certrelay.Watch.Metrics;

/// <summary>The types of the text format of Prometheus that are written here.</summary>
public enum MetricType
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>One line: a value under a name, which a histogram extends by a <paramref name="Suffix"/>, with its labels.</summary>
public sealed record MetricSample(double Value, IReadOnlyList<KeyValuePair<string, string>> Labels, string Suffix = "");

/// <summary>A metric with its samples.</summary>
public sealed record MetricFamily(string Name, MetricType Type, string Help, IReadOnlyList<MetricSample> Samples)
{
    /// <summary>A gauge without labels.</summary>
    public static MetricFamily Gauge(string name, string help, double value) => new(name, MetricType.Gauge, help, [new MetricSample(value, [])]);

    /// <summary>A gauge with one label.</summary>
    public static MetricFamily Gauges(string name, string help, string label, IEnumerable<(string Of, double Value)> values) =>
        new(name, MetricType.Gauge, help, [.. values.Select(value => new MetricSample(value.Value, [KeyValuePair.Create(label, value.Of)]))]);
}
