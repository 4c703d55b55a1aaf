using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Targets;

namespace Certrelay.Rollouts;

/// <summary>What a round of handshakes says (DESIGN section 7, "Verification"). Pure: readings in, judgement out.</summary>
public sealed record VerificationRound(IReadOnlyList<Sighting> Sightings, bool Good, bool AnySeen)
{
    /// <summary>What is odd and does not count against it: more certificates sent than needed, or in another order.</summary>
    public IReadOnlyList<Finding> Notices { get; init; } = [];

    /// <summary>The first reason why the round is not good; null when it is.</summary>
    public Sighting? Fault => Sightings.FirstOrDefault(sighting => sighting.Code is not null);

    /// <summary>Judges readings after a deployment: each address must show the version's leaf with its intermediates.</summary>
    public static VerificationRound OfVersion(IReadOnlyList<EndpointReading> readings, Fingerprint leaf, IReadOnlyList<byte[]> chain, IReadOnlyList<Sighting> baseline) =>
        Judge(readings.SelectMany(reading => Look(reading, sample => FaultOf(sample, leaf, chain))), baseline) with
        {
            Notices =
            [
                .. readings.SelectMany(reading => reading.Addresses).SelectMany(address => address.Samples)
                    .Where(sample => sample.Leaf == leaf)
                    .Select(sample => Oddity(sample, chain))
                    .OfType<Finding>()
                    .DistinctBy(finding => (finding.Code, finding.Scope)),
            ],
        };

    /// <summary>Judges readings after a restore: each address must show what it showed before, one that is new what any other showed.</summary>
    public static VerificationRound OfBaseline(IEnumerable<EndpointReading> readings, IReadOnlyList<Sighting> baseline)
    {
        var former = baseline.Where(sighting => sighting.Leaf is not null).ToList();
        return Judge(
            readings.SelectMany(reading => Look(reading, sample => FaultOf(sample, Expected(former, reading.Endpoint, sample)))),
            baseline);
    }

    /// <summary>What the addresses show now, with nothing expected.</summary>
    public static IReadOnlyList<Sighting> Baseline(IEnumerable<EndpointReading> readings) =>
        [.. readings.SelectMany(reading => Look(reading, static _ => null))];

    private static VerificationRound Judge(IEnumerable<Sighting> sightings, IReadOnlyList<Sighting> baseline)
    {
        var all = sightings.ToList();
        var seen = all.Any(sighting => sighting.Code is null);
        return new VerificationRound(all, seen && all.All(sighting => sighting.Code is null || IsStillUnreachable(sighting, baseline)), seen);
    }

    /// <summary>An address that gave no certificate before the write and gives none now is noted, not counted.</summary>
    private static bool IsStillUnreachable(Sighting now, IReadOnlyList<Sighting> baseline) =>
        now.Leaf is null && baseline.Any(before => before.Endpoint == now.Endpoint && before.Address == now.Address && before.Leaf is null);

    private static IEnumerable<Sighting> Look(EndpointReading reading, Func<ProbeResult, Finding?> fault)
    {
        var endpoint = reading.Endpoint.ToString();
        if (reading.Failure is { } unresolved)
            return [new Sighting(endpoint, "", null, unresolved.Code, unresolved.Message)];
        return reading.Addresses.Select(address =>
        {
            var leaves = address.Samples.Select(sample => sample.Leaf).Distinct().ToList();
            var worst = address.Samples.Select(sample => sample.Failure ?? fault(sample)).FirstOrDefault(finding => finding is not null);
            return new Sighting(endpoint, address.Address.ToString(), leaves.Count == 1 ? leaves[0] : null, worst?.Code, worst?.Message);
        });
    }

    private static Finding? FaultOf(ProbeResult sample, Fingerprint leaf, IReadOnlyList<byte[]> chain)
    {
        if (FaultOf(sample, [leaf]) is { } other)
            return other;
        var missing = chain.Count(intermediate => !sample.ChainAsSent.Any(sent => sent.Span.SequenceEqual(intermediate)));
        return missing == 0 ? null : FindingCodes.ProbeMissingIntermediate.At(sample.Address.ToString(), $"{sample.Address} does not send {missing} of {chain.Count} intermediates.");
    }

    private static Finding? Oddity(ProbeResult sample, IReadOnlyList<byte[]> chain)
    {
        var (sent, scope) = (sample.ChainAsSent.Skip(1).ToList(), sample.Address.ToString());
        if (sent.Count > chain.Count)
            return FindingCodes.ProbeExtraChain.At(scope, $"{scope} sends {sent.Count - chain.Count} certificates more than the version's chain has.");
        return sent.Count == chain.Count && !sent.Zip(chain).All(pair => pair.First.Span.SequenceEqual(pair.Second)) ? FindingCodes.ProbeChainOrder.At(scope) : null;
    }

    private static Finding? FaultOf(ProbeResult sample, IReadOnlyCollection<Fingerprint> expected) => expected.Contains(sample.Leaf ?? default)
        ? null
        : FindingCodes.ProbeOtherLeaf.At(sample.Address.ToString(), $"{sample.Address} shows {sample.Leaf}, expected {string.Join(" or ", expected)}.");

    private static List<Fingerprint> Expected(List<Sighting> former, Endpoint endpoint, ProbeResult sample)
    {
        var same = former.Where(before => before.Endpoint == endpoint.ToString() && before.Address == sample.Address.ToString()).ToList();
        return [.. (same.Count > 0 ? same : former).Select(before => before.Leaf!.Value).Distinct()];
    }
}
