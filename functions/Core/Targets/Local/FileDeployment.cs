using Certrelay.Certificates;
using Microsoft.Extensions.Logging;

namespace Certrelay.Targets.Local;

/// <summary>
/// Test, swap, test, reload; and the way back. A repeated call does all of it again, because a rename without its reload is not done; files that already
/// hold the wanted bytes are left as they are.
/// </summary>
internal sealed partial class FileDeployment(FileTargetPlan plan, LocalOptions options, CommandRunner commands, ILogger logger)
{
    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (plan.Layout.IsOfPair != certificate.Encryption is not null)
        {
            throw new Permanent(FindingCodes.TargetKeyType.Code, plan.Layout.IsOfPair
                ? $"{plan.Id} has files for the two certificates of an SM2 pair, and this version has one."
                : $"This version is an SM2 pair: the settings of the target need layout.encryptCertificate and layout.encryptKey for {plan.Id}.");
        }

        var files = FileSet.Open(options, plan.Root, plan.Folder, plan.Layout);
        try
        {
            files.Sweep();
            using var live = files.Read();
            using var wanted = files.Wanted(certificate, live);
            if (!files.IsWhole(wanted))
                throw new Permanent(FindingCodes.KeyMismatch.Code, $"Nothing was changed in {plan.Id}: {FindingCodes.KeyMismatch.Meaning}");
            // Without a whole pair, or with the new one there already, this test would say nothing about the server's own configuration.
            if (files.IsWhole(live) && files.Certificate(live).Leaf != certificate.Fingerprint)
                await TestAsync("Nothing was changed", cancellationToken);
            using (await commands.HoldAsync(plan.Commands, cancellationToken))
                files.Write(wanted, live);
        }
        catch (Exception exception) when (FileFailure.IsOne(exception))
        {
            throw FileFailure.Of(plan.Id, exception);
        }

        Log.Written(logger, plan.Id, certificate.Fingerprint);
        await TestAsync("The new files are in place but the server was not told", cancellationToken);
        return await ReloadAsync(cancellationToken) switch
        {
            { Outcome: CommandOutcome.TimedOut } late => throw new Transient(FindingCodes.TargetReloadTimeout.Code, late.Message),
            { Succeeded: false } failed => throw new Permanent(FindingCodes.TargetReloadFailed.Code, failed.Message),
            _ => DeployResult.Of([new ResourceOutcome(plan.Id, Succeeded: true)]),
        };
    }

    /// <summary>
    /// Writes the former bytes, modes and owners and removes what did not exist. A reload that fails is told in the outcome, not thrown: whether the former
    /// certificate is served again is for the handshake to say.
    /// </summary>
    public async Task<DeployResult> RestoreAsync(TargetBackup? backup, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (backup is null)
            throw new Permanent(FindingCodes.TargetRefused.Code, $"There is no backup of {plan.Id}.");
        try
        {
            var files = FileSet.Open(options, plan.Root, plan.Folder, plan.Layout);
            files.Sweep();
            using var former = FileBackup.Read(backup);
            using var live = files.Read(former.All.Select(static file => file.Name));
            using (await commands.HoldAsync(plan.Commands, cancellationToken))
                files.Write(former, live);
        }
        catch (FormatException exception)
        {
            throw new Permanent(FindingCodes.TargetRefused.Code, $"{plan.Id}: {exception.Message}", exception);
        }
        catch (Exception exception) when (FileFailure.IsOne(exception))
        {
            throw FileFailure.Of(plan.Id, exception);
        }

        Log.Restored(logger, plan.Id);
        return await ReloadAsync(cancellationToken) is { Succeeded: false } failed
            ? DeployResult.Of([new ResourceOutcome(plan.Id, Succeeded: false, CodeOf(failed), failed.Message)])
            : DeployResult.Of([new ResourceOutcome(plan.Id, Succeeded: true)]);
    }

    private async Task TestAsync(string situation, CancellationToken cancellationToken)
    {
        if (plan.Test is not { } test)
            return;
        var result = await commands.RunAsync(test, cancellationToken);
        if (result.Succeeded)
            return;
        var message = $"{situation}: {result.Message}";
        throw result.Outcome switch
        {
            CommandOutcome.TimedOut => new Transient(FindingCodes.TargetTestFailed.Code, message),
            CommandOutcome.Missing => new Permanent(FindingCodes.TargetMissing.Code, message),
            _ => new Permanent(FindingCodes.TargetTestFailed.Code, message),
        };
    }

    private async Task<CommandResult?> ReloadAsync(CancellationToken cancellationToken) =>
        plan.Reload is { } reload ? await commands.RunAsync(reload, cancellationToken) : null;

    private static string CodeOf(CommandResult failed) =>
        (failed.Outcome == CommandOutcome.TimedOut ? FindingCodes.TargetReloadTimeout : FindingCodes.TargetReloadFailed).Code;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The files of {Folder} hold the certificate {Fingerprint}.")]
        public static partial void Written(ILogger logger, string folder, Fingerprint fingerprint);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The files of {Folder} hold again what was there before.")]
        public static partial void Restored(ILogger logger, string folder);
    }
}
