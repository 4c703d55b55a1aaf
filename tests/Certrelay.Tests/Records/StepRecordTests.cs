using System.Text;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Vault;

namespace Certrelay.Tests.Records;

public sealed class StepRecordTests
{
    [Fact]
    public void A_settled_step_without_a_moment_reads_back()
    {
        var step = new StepRecord { Rollout = "r", Target = "t", Generation = 1, State = StepState.Verified };

        Assert.Equal(StepState.Verified, new StoredRecord(StepRecord.Key("r", "t"), step.ToBody(), "1").As<StepRecord>().Value.State);
    }

    [Fact]
    public void A_step_with_all_its_parts_reads_back_as_it_was_written()
    {
        var leaf = Fingerprint.Of("leaf"u8);
        var at = new DateTimeOffset(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);
        var step = new StepRecord
        {
            Rollout = "r",
            Target = "t",
            Generation = 3,
            State = StepState.RolledBack,
            Moment = at,
            Previous = new TargetState([new ResourceState("folder", leaf, Restorable: true)]),
            PreviousBinding = new VersionId("shop", 2, leaf),
            Backup = new VaultReference("rb-x", "1"),
            Baseline = [new Sighting("h:443", "127.0.0.1", leaf, null, null)],
            Job = new PendingJob("7", new Dictionary<string, string> { ["region"] = "x" }),
            Verification = new Verification(at, at, 2, 1, [new Sighting("h:443", "127.0.0.1", null, "probe.timeout", "late")]),
            Findings = [FindingCodes.TargetRefused.At("t")],
            Settled = at,
        };

        var body = step.ToBody();
        var read = new StoredRecord(StepRecord.Key("r", "t"), body, "1").As<StepRecord>().Value;

        Assert.Equal(Encoding.UTF8.GetString(body.Span), Encoding.UTF8.GetString(read.ToBody().Span));
        Assert.Equal(step.Findings[0], read.Findings[0]);
        Assert.Equal(leaf, read.Previous!.Resources[0].Fingerprint);
    }
}
