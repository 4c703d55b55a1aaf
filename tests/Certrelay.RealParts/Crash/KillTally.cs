using System.Globalization;
using System.Text;
using Certrelay.CrashHost;

namespace Certrelay.RealParts.Crash;

/// <summary>How often each boundary was hit, and what followed.</summary>
internal sealed class KillTally(IReadOnlyList<string> boundaries, IReadOnlyList<CrashResult> results)
{
    /// <summary>The boundaries with fewer hits than demanded.</summary>
    public IReadOnlyList<string> Missed(int demanded) => [.. boundaries.Where(boundary => Hits(boundary).Count() < demanded)];

    /// <summary>The cases whose target counted another number of reloads than the kill allows.</summary>
    public IReadOnlyList<string> WrongReloads() =>
        [.. results.Where(result => result.Reloads != result.Case.Reloads).Select(result => $"{result.Case.Side} {result.Case.Boundary}: {result.Reloads}, not {result.Case.Reloads}")];

    public override string ToString()
    {
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{"boundary",-64} before  after  reloads  resumed s  settled s");
        foreach (var boundary in boundaries)
        {
            var hits = Hits(boundary).ToList();
            text.AppendLine(CultureInfo.InvariantCulture, $"{boundary,-64} {Count(hits, KillSide.Before),6} {Count(hits, KillSide.After),6}  {string.Join('/', hits.Select(hit => hit.Reloads)),7}  {Longest(hits.Select(hit => hit.Resumed)),9}  {Longest(hits.Select(hit => (TimeSpan?)hit.Settled)),9}");
        }

        var resumed = results.Select(result => result.Resumed).OfType<TimeSpan>().Order().ToList();
        text.AppendLine(CultureInfo.InvariantCulture, $"{results.Count(result => result.Hit)} of {results.Count} rollouts were cut by a SIGKILL");
        return text.AppendLine(CultureInfo.InvariantCulture, $"resumed after (s): median {resumed[resumed.Count / 2].TotalSeconds:0.0}, longest {resumed[^1].TotalSeconds:0.0}").ToString();
    }

    private IEnumerable<CrashResult> Hits(string boundary) => results.Where(result => result.Hit && result.Case.Boundary == boundary);

    private static int Count(List<CrashResult> hits, KillSide side) => hits.Count(hit => hit.Case.Side == side);

    private static string Longest(IEnumerable<TimeSpan?> times) => times.Max() is { } longest ? longest.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) : "-";
}
