namespace Certrelay.App.Embedded;

/// <summary>
/// A lock between processes, on a file, that the system drops when its holder dies: rotations exclude each other and removals, because a rotation writes
/// versions back and would bring a removed one back to life. Reading and writing need no lock.
/// </summary>
internal static class VaultLock
{
    private static readonly TimeSpan RotationRetry = TimeSpan.FromSeconds(5);

    /// <summary>For a removal; throws <see cref="Transient"/> while a rotation runs.</summary>
    public static FileStream ForRemoval(VaultFolder folder) =>
        Take(folder, FileAccess.Read, FileShare.Read, "The vault's master key is being rotated, or the vault is being backed up; nothing can be removed until that is done.");

    /// <summary>For a rotation; throws <see cref="Transient"/> while another one runs, or a removal.</summary>
    public static FileStream ForRotation(VaultFolder folder) =>
        Take(folder, FileAccess.ReadWrite, FileShare.None, "Another rotation, a backup or a removal is under way in this vault.");

    /// <summary>For a backup, during which nothing is removed; throws <see cref="Transient"/> while a rotation, another backup or a removal runs.</summary>
    public static FileStream ForBackup(VaultFolder folder) => ForRotation(folder);

    private static FileStream Take(VaultFolder folder, FileAccess access, FileShare share, string busy)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = access, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileStamp.OwnerOnly.Mode;
        try
        {
            return new FileStream(folder.LockFile, options);
        }
        catch (IOException cause)
        {
            throw new Transient("vault.busy", busy, RotationRetry, cause);
        }
    }
}
