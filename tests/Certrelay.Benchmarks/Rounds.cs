namespace Certrelay.Benchmarks;

/// <summary>The figures of several rounds.</summary>
internal static class Rounds
{
    public static double Median(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>The median of the ratios of rounds that ran side by side: what slows the machine down for a while slows both.</summary>
    public static double Ratio(IEnumerable<double> ours, IEnumerable<double> peers) => Median(ours.Zip(peers, static (one, peer) => one / peer));

    /// <summary>Minimum, median and maximum in one cell.</summary>
    public static string Of(IReadOnlyCollection<double> figures, string unit) => $"{Median(figures):N1} {unit} ({figures.Min():N1} to {figures.Max():N1})";
}
