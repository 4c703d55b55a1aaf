using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>What a rotation did: the id of the master key that the vault has now, how many files it moved, and the versions that nothing could open before it.</summary>
public sealed record VaultRotated(string KeyId, int Moved, IReadOnlyList<VaultReference> Unreadable);

/// <summary>Brings the file vault to a new master key while other processes use it; the former key opens nothing afterwards.</summary>
/// <remarks>
/// 1. The next key is written beside the present one; whoever reads keys from now on has both.
/// 2. The check record moves to the next key: from here on every put seals with it.
/// 3. Every version's data key moves. Each file says which key wraps it, so the order is free and a second run skips what is done.
/// 4. The next key takes the place of the present one, and its own file goes.
/// A crash anywhere leaves a vault that works; running it again, or <see cref="ResumeAsync"/> at the next start, finishes with the same next key.
/// </remarks>
public static class VaultRotation
{
    /// <summary>
    /// Rotates to a new random key in the key file, or finishes a rotation that was cut short. <paramref name="progress"/> hears of each file once it is written.
    /// Throws <see cref="VaultRefusedException"/> like <see cref="FileVault.Open"/>, <see cref="Transient"/> while another rotation runs.
    /// </summary>
    public static Task<VaultRotated> RotateAsync(
        string folder, MasterKeyFile keys, TimeProvider time, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        FileVault.Open(folder, keys, time);
        var layout = new VaultFolder(folder);
        return VaultCall.RunAsync(() =>
        {
            using var held = VaultLock.ForRotation(layout);
            var next = keys.MakeNext();
            progress?.Report("next master key");
            var rotated = Move(layout, keys, next, progress, cancellationToken);
            keys.PromoteNext();
            progress?.Report("master key");
            keys.DropNext();
            return rotated;
        }, cancellationToken);
    }

    /// <summary>
    /// Rotates between two keys that come from settings. Processes that run meanwhile need both (<c>old,new</c>), those started afterwards the new one only;
    /// cut short, it is run again with the same two values.
    /// </summary>
    public static Task<VaultRotated> RotateAsync(
        string folder, string presentKey, string nextKey, TimeProvider time, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var keys = new MasterKeySetting($"{presentKey},{nextKey}");
        FileVault.Open(folder, keys, time);
        var layout = new VaultFolder(folder);
        return VaultCall.RunAsync(() =>
        {
            using var held = VaultLock.ForRotation(layout);
            using var next = new MasterKeySetting(nextKey).Take();
            return Move(layout, keys, next.First.Id, progress, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>For each start: finishes a rotation that was cut short; null when there is none, or when another process is at it.</summary>
    public static async Task<VaultRotated?> ResumeAsync(string folder, MasterKeyFile keys, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!keys.IsRotating)
            return null;
        try
        {
            return await RotateAsync(folder, keys, time, progress: null, cancellationToken);
        }
        catch (Transient busy) when (busy.Code is "vault.busy")
        {
            return null;
        }
    }

    private static VaultRotated Move(
        VaultFolder folder, IMasterKeySource keys, string nextId, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        using var ring = keys.Take();
        return new KeyMove(folder, ring, ring.Find(nextId)!, progress, cancellationToken).Run();
    }
}
