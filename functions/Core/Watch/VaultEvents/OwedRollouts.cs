using Certrelay.Records;
using Certrelay.Rollouts;

namespace Certrelay.Watch.VaultEvents;

/// <summary>Brings a version that was found in the vault to the targets that shall serve its certificate.</summary>
public sealed class OwedRollouts(IRecordStore store, CertificateRegistry certificates, RolloutStart rollouts)
{
    /// <summary>Begins the rollout that a version still owes, unless a newer one has taken its place or nothing can be written; called again it changes nothing.</summary>
    public async Task BeginAsync(VersionRecord version, CancellationToken cancellationToken)
    {
        if (!version.RolloutOwed)
            return;
        if (await certificates.ReadAsync(version.Certificate, cancellationToken) is { Value.Current: var current } && current == version.Sequence)
        {
            var request = new RolloutRequest(version.Certificate, version.Sequence, Targets: null, [], "A new version was put into the vault");
            if ((await rollouts.CheckAsync(request, cancellationToken)).Count == 0)
                await rollouts.StartAsync(request, "vault", $"vault-{version.Certificate}", cancellationToken);
        }

        // Afterwards: a crash in between begins a second rollout, which finds nothing to do.
        var saved = await store.ReadAsync<VersionRecord>(VersionRecord.RowKey(version.Certificate, version.Sequence), cancellationToken);
        if (saved is { Value.RolloutOwed: true })
            await store.ReplaceAsync(saved, saved.Value with { RolloutOwed = false }, cancellationToken);
    }
}
