using Certrelay.Certificates;
using Certrelay.Records;

namespace Certrelay.Targets.Local;

/// <summary>What a target of files says before anything is written: the leaf in the file, every reason not to write, and the exact former content.</summary>
internal sealed class FileReading(FileTargetPlan plan, LocalOptions options, CommandRunner commands)
{
    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        List<Finding> refusals =
        [
            .. plan.Commands.Where(name => !commands.CanRun(name)).Distinct(StringComparer.Ordinal).Select(static name =>
                FindingCodes.TargetMissing.At(
                    name, $"The command {name} is not in the host's settings (Local:Commands), or its program does not exist.")),
        ];
        try
        {
            var files = FileSet.Open(options, plan.Root, plan.Folder, plan.Layout);
            using var live = files.Read();
            refusals.AddRange(Unwritable(files));
            // A configuration that names files not there yet, or a pair that an interrupted deployment left half replaced, cannot pass;
            // the write mends both.
            if (plan.Test is { } test && commands.CanRun(test) && files.IsWhole(live))
                refusals.AddRange(await TestAsync(test, cancellationToken));
            return new TargetReading(State(files.Certificate(live).Leaf), refusals, FileBackup.Of(live));
        }
        catch (Permanent failure)
        {
            refusals.Add(FindingCodes.Of(failure, plan.Id));
        }
        catch (Exception exception) when (FileFailure.IsOne(exception))
        {
            // What cannot be read could not be brought back.
            refusals.Add(FindingCodes.TargetRefused.At(plan.Id, $"The files of {plan.Id} cannot be read: {exception.Message}"));
        }

        return new TargetReading(State(null), refusals, Backup: null);
    }

    private TargetState State(Fingerprint? leaf) => new([new ResourceState(plan.Id, leaf, Restorable: true)]);

    private IEnumerable<Finding> Unwritable(FileSet files)
    {
        foreach (var folder in files.Folders())
        {
            if (FolderAccess.WhyNotWritable(folder) is { } reason)
                yield return FindingCodes.TargetRefused.At(plan.Id, $"This host may not write in the folder of {plan.Id}: {reason}.");
        }
    }

    private async Task<IEnumerable<Finding>> TestAsync(string test, CancellationToken cancellationToken)
    {
        var result = await commands.RunAsync(test, cancellationToken);
        if (result.Outcome == CommandOutcome.TimedOut)
            throw new Transient(FindingCodes.TargetTestFailed.Code, result.Message);
        return result.Succeeded ? [] : [FindingCodes.TargetTestFailed.At(plan.Id, result.Message)];
    }
}
