using System.Formats.Asn1;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Targets;

namespace Certrelay.Watch.Moments;

/// <summary>Probes a target when its moment has come, saves what it showed, and sees to what follows: drift, and leaves of others that near their end.</summary>
public sealed class TargetWatch(
    IRecordStore store, Due due, EndpointProbe probe, TargetVerdict verdict, DriftResponse drift, ServedLeafAlerts leaves, RolloutOptions rollouts, WatchOptions options,
    TimeProvider time)
{
    /// <summary>Probes and saves; called too early or twice it changes nothing.</summary>
    public async Task RunAsync(DueHint hint, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync<ProbeRecord>(ProbeRecord.Key(hint.Id), cancellationToken) is { } before
            && before.Value.Moment <= time.GetUtcNow()
            && await store.ReadAsync<TargetRecord>(TargetRecord.Key(hint.Id), cancellationToken) is { } target)
            await ProbeAsync(target.Value, before, cancellationToken);
        await due.RemoveAsync(hint, cancellationToken);
    }

    private async Task ProbeAsync(TargetRecord target, Stored<ProbeRecord> before, CancellationToken cancellationToken)
    {
        var readings = await Task.WhenAll(target.Endpoints.Select(endpoint =>
            probe.ProbeAsync(endpoint, OutgoingClass.Endpoint, samples: 1, rollouts.ProbeTimeout, cancellationToken)));
        var now = time.GetUtcNow();
        var seen = before.Value with { At = now, Moment = ProbeRecord.Draw(now, options.ProbeInterval), Sightings = VerificationRound.Baseline(readings), Leaves = Leaves(readings) };
        var judged = await verdict.JudgeAsync(target, seen, cancellationToken);
        await due.PutAsync(judged.Record.Hint, cancellationToken);
        // Before the record says so, because each is done once however often it is called, and a crash in between must not lose it.
        await drift.RespondAsync(target, judged, cancellationToken);
        await leaves.RaiseAsync(target, judged, cancellationToken);
        try
        {
            await store.ReplaceAsync(before, judged.Record, cancellationToken);
        }
        catch (RecordConflictException)
        {
            // The target was described anew, or another probe was faster: theirs counts.
        }
    }

    private static List<ServedLeaf> Leaves(IEnumerable<EndpointReading> readings) =>
    [
        .. readings.SelectMany(static reading => reading.Addresses).SelectMany(static address => address.Samples)
            .Where(static sample => sample.Leaf is not null)
            .DistinctBy(static sample => sample.Leaf)
            .Select(static sample => LeafOf(sample.ChainAsSent[0]))
            .OfType<ServedLeaf>(),
    ];

    private static ServedLeaf? LeafOf(ReadOnlyMemory<byte> der)
    {
        try
        {
            var leaf = CertificateReader.Read(der);
            return new ServedLeaf(leaf.Fingerprint, leaf.NotBefore, leaf.NotAfter, [.. leaf.Names.Select(static name => name.Value)]);
        }
        catch (AsnContentException)
        {
            // What a handshake accepts may still be odd: its sighting is kept, its end is not known.
            return null;
        }
    }
}
