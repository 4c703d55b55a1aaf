using System.Globalization;
using System.Text;

namespace Certrelay.Watch.Metrics;

/// <summary>Writes metrics in the text format 0.0.4 of Prometheus (prometheus.io/docs/instrumenting/exposition_formats).</summary>
public static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricFamily> families)
    {
        var page = new StringBuilder();
        foreach (var family in families)
        {
            page.Append("# HELP ").Append(family.Name).Append(' ').Append(Escape(family.Help, quotes: false)).Append('\n');
            page.Append("# TYPE ").Append(family.Name).Append(' ').Append(Word(family.Type)).Append('\n');
            foreach (var sample in family.Samples)
                Append(page, family.Name, sample);
        }

        return page.ToString();
    }

    private static void Append(StringBuilder page, string name, MetricSample sample)
    {
        page.Append(name).Append(sample.Suffix);
        if (sample.Labels.Count > 0)
            page.Append('{').AppendJoin(',', sample.Labels.Select(static label => $"{label.Key}=\"{Escape(label.Value, quotes: true)}\"")).Append('}');
        page.Append(' ').Append(Number(sample.Value)).Append('\n');
    }

    /// <summary>A bound of a bucket, or a value.</summary>
    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Word(MetricType type) => type switch
    {
        MetricType.Counter => "counter",
        MetricType.Gauge => "gauge",
        _ => "histogram",
    };

    private static string Escape(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }
}
