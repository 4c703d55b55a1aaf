using System.Globalization;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Targets.Accounts;
using Certrelay.Vault;
using Certrelay.Watch.Alerts;

namespace Certrelay.Watch;

/// <summary>Removes what has served its time: the material for a restore a week after its step settled, the rest of a deleted certificate or account, kept answers, and versions, rollouts and alerts that are not needed any more.</summary>
public sealed class Cleanup(
    IRecordStore store, IVault vault, Due due, StepRecords steps, CertificateRegistry certificates, AccountRegistry accounts, Retention retention, AlertRetention alerts, Retirement retirement, RolloutOptions options, TimeProvider time)
{
    /// <summary>Removes what a hint names when its time has come, then the hint; called too early or twice it changes nothing.</summary>
    public async Task RunAsync(DueHint hint, CancellationToken cancellationToken)
    {
        switch (hint.Id.Split('-', 2))
        {
            case ["rb", var step]:
                await BackupAsync(hint.Id, step, cancellationToken);
                break;
            case ["up", var step]:
                await retirement.RunAsync(step, cancellationToken);
                break;
            case ["crt", var certificate]:
                await certificates.CleanUpAsync(certificate, cancellationToken);
                break;
            case ["acc", var account]:
                await accounts.CleanUpAsync(account, cancellationToken);
                break;
            case ["old", { Length: > 7 } version] when int.TryParse(version.AsSpan(0, 6), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence):
                await retention.VersionAsync(version[7..], sequence, cancellationToken);
                break;
            case ["done", var rollout]:
                await retention.RolloutAsync(rollout, cancellationToken);
                break;
            case ["told", var notice]:
                await alerts.RunAsync(notice, cancellationToken);
                break;
            case ["idem", var answer]:
                if (await IdempotencyRecord.RemoveExpiredAsync(store, answer, time, cancellationToken) is { } later)
                    await due.PutAsync(IdempotencyRecord.Hint(answer, later), cancellationToken);
                break;
        }

        await due.RemoveAsync(hint, cancellationToken);
    }

    private async Task BackupAsync(string id, string stepId, CancellationToken cancellationToken)
    {
        if (StepId.Parse(stepId) is not var (rollout, target))
            return;
        var step = await steps.ReadAsync(rollout, target, cancellationToken);
        if (step is { Value.IsSettled: false })
            return;
        var end = step?.Value.Settled + options.KeepBackup;
        if (end > time.GetUtcNow())
            await due.PutAsync(new DueHint(DueKind.Cleanup, KeyText.Truncate(end.Value), id), cancellationToken);
        else
            await vault.RemoveAsync(id, cancellationToken);
    }
}
