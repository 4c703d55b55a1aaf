using System.Formats.Asn1;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Targets;

namespace Certrelay.Watch.Moments;

/// <summary>Probes a target when its moment has come, saves what it showed, and sees to what follows: drift, and leaves of others that near their end.</summary>
public sealed class TargetWatch(
    IRecordStore store, Due due, IWorkQueue queue, EndpointProbe probe, TargetVerdict verdict, DriftResponse drift, ServedLeafAlerts leaves, RolloutOptions rollouts, WatchOptions options,
    TimeProvider time)
{
    // Servers that answer do so sooner. Those that do not would keep the rest waiting, so each gets its full time later, by itself.
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(10);

    /// <summary>Probes and saves; called too early or twice it changes nothing. A target that is silent at first is looked at once more before it counts as silent.</summary>
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
        var last = before.Value.SecondLook || rollouts.ProbeTimeout <= Glance;
        var readings = await Task.WhenAll(target.Endpoints.Select(endpoint =>
            probe.ProbeAsync(endpoint, OutgoingClass.Endpoint, samples: 1, last ? rollouts.ProbeTimeout : Glance, cancellationToken)));
        if (!last && readings.Any(IsSilent))
        {
            await PostponeAsync(before, cancellationToken);
            return;
        }

        var now = time.GetUtcNow();
        var seen = before.Value with
        {
            At = now,
            Moment = ProbeRecord.Draw(now, options.ProbeInterval),
            SecondLook = false,
            Sightings = VerificationRound.Baseline(readings),
            Leaves = Leaves(readings),
        };
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

    private async Task PostponeAsync(Stored<ProbeRecord> before, CancellationToken cancellationToken)
    {
        var later = before.Value with { Moment = KeyText.Truncate(time.GetUtcNow() + SecondLook), SecondLook = true };
        await due.PutAsync(later.Hint, cancellationToken);
        try
        {
            await store.ReplaceAsync(before, later, cancellationToken);
            await queue.SendAsync(QueueNames.Probe, Nudge.Write(later.Hint), SecondLook, cancellationToken);
        }
        catch (RecordConflictException)
        {
            // The target was described anew, or another probe was faster: theirs counts.
        }
    }

    private static bool IsSilent(EndpointReading reading) =>
        reading.Addresses.SelectMany(static address => address.Samples).Any(static sample => sample.Failure?.Code == FindingCodes.ProbeTimeout.Code);

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
