using System.Security.Cryptography;
using Certrelay.Records;
using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>What a move did: how many versions are in the other vault now, how many records name them there, and what could not be opened and so was left behind.</summary>
public sealed record VaultMoved(int Versions, int Records, IReadOnlyList<VaultReference> Unreadable);

/// <summary>
/// Brings the secrets of the embedded vault to another one and has the records name them there. Nothing may serve the folder meanwhile; nothing is deleted. Cut short, it
/// is run again: a version that has arrived is found by its tag.
/// </summary>
public sealed class VaultMove(FileVault from, IVault to, IRecordStore store, TimeProvider time)
{
    /// <summary>The tag that holds the id of the version in the embedded vault.</summary>
    public const string OriginTag = "embedded-version";

    private const int AtOnce = 8;
    private const int Patience = 30;

    private static readonly TimeSpan UsualDelay = TimeSpan.FromSeconds(2);

    private readonly Dictionary<VaultReference, VaultReference> _moved = [];
    private readonly List<VaultReference> _unreadable = [];
    private readonly Lock _lock = new();

    /// <summary>Throws <see cref="Transient"/> when the other vault stays away for a minute or more and <see cref="Permanent"/> when it refuses.</summary>
    public async Task<VaultMoved> RunAsync(IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var names = await from.NamesAsync("", cancellationToken).ToListAsync(cancellationToken);
        await Parallel.ForEachAsync(
            names,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (name, token) =>
            {
                await MoveAsync(name, token);
                lock (_lock)
                    progress?.Report(_moved.Count);
            });
        var records = await new RecordedReferences(store).RewriteAsync(_moved, cancellationToken);
        return new VaultMoved(_moved.Count, records, _unreadable);
    }

    private async Task MoveAsync(string name, CancellationToken cancellationToken)
    {
        var versions = await from.VersionsAsync(name, cancellationToken).ToListAsync(cancellationToken);
        // Of the heads of an audit chain the last alone counts, and versions that arrive within a second have no order there.
        if (AuditSeals.IsSeal(name))
            versions = [.. versions.Where(static version => version.Enabled).TakeLast(1)];
        var arrived = await PatientlyAsync(
            async () => await to.VersionsAsync(name, cancellationToken).Where(static version => version.Enabled).ToListAsync(cancellationToken), cancellationToken);
        foreach (var version in versions)
        {
            var place = arrived.Find(there => there.Tags.GetValueOrDefault(OriginTag) == version.Reference.Version)?.Reference;
            if (!version.Enabled || !await MoveAsync(version, place, cancellationToken))
            {
                lock (_lock)
                    _unreadable.Add(version.Reference);
            }
        }
    }

    private async Task<bool> MoveAsync(VaultVersion version, VaultReference? place, CancellationToken cancellationToken)
    {
        using var value = await OpenAsync(version.Reference, cancellationToken);
        if (value is null)
            return false;
        var tags = new Dictionary<string, string>(version.Tags, StringComparer.Ordinal) { [OriginTag] = version.Reference.Version };
        place ??= await PatientlyAsync(() => to.PutAsync(version.Reference.Name, value.Memory, tags, cancellationToken), cancellationToken);
        using var arrived = await PatientlyAsync(() => to.GetAsync(place, cancellationToken), cancellationToken);
        if (arrived is null || !CryptographicOperations.FixedTimeEquals(value.Bytes, arrived.Bytes))
        {
            throw new Permanent("vault.different",
                $"Version {place.Version} of {place.Name} in the other vault does not hold what version {version.Reference.Version} of the embedded vault holds.");
        }

        lock (_lock)
            _moved.Add(version.Reference, place);
        return true;
    }

    private async Task<Secret?> OpenAsync(VaultReference reference, CancellationToken cancellationToken)
    {
        try
        {
            return await from.GetAsync(reference, cancellationToken);
        }
        catch (Permanent damaged) when (damaged.Code is "vault.unreadable")
        {
            return null;
        }
    }

    private async Task<T> PatientlyAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await call();
            }
            catch (Transient later) when (tries < Patience)
            {
                await Task.Delay(later.RetryAfter ?? UsualDelay, time, cancellationToken);
            }
        }
    }
}
