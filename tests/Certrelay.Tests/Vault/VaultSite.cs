using System.Text;
using Certrelay.App.Embedded;
using Certrelay.Vault;

namespace Certrelay.Tests.Vault;

/// <summary>A place on disk for one file vault with its key file beside it, opened as often as a test likes, as several processes would.</summary>
internal sealed class VaultSite : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("certrelay-");

    public SteppedTime Time { get; } = new();

    public string Folder => Path.Combine(_root.FullName, "data", "vault");

    public string KeyPath => Path.Combine(_root.FullName, "master.key");

    public MasterKeyFile Keys => new(KeyPath);

    public FileVault Open() => FileVault.Open(Folder, Keys, Time);

    public VaultRefusedException Refusal() => Assert.Throws<VaultRefusedException>(Open);

    public string FileOf(VaultReference reference) => Path.Combine(Folder, reference.Name, reference.Version + ".sealed");

    public IEnumerable<string> Files() => Directory.EnumerateFiles(_root.FullName, "*", SearchOption.AllDirectories);

    /// <summary>The whole site as it is now, to be put back after a trial.</summary>
    public Dictionary<string, byte[]> Snapshot() => Files().ToDictionary(path => path, File.ReadAllBytes);

    public void Restore(Dictionary<string, byte[]> files)
    {
        foreach (var path in Files())
            File.Delete(path);
        foreach (var (path, bytes) in files)
            AtomicFile.Create(path, bytes, FileStamp.OwnerOnly);
    }

    public void Dispose() => _root.Delete(recursive: true);

    public static Task<VaultReference> PutAsync(IVault vault, string name, string value, string? fingerprint = null)
    {
        var tags = new Dictionary<string, string>();
        if (fingerprint is not null)
            tags.Add("fingerprint", fingerprint);
        return vault.PutAsync(name, Encoding.UTF8.GetBytes(value), tags, default);
    }

    public static async Task<string?> ReadAsync(IVault vault, VaultReference reference)
    {
        using var secret = await vault.GetAsync(reference, default);
        return secret is null ? null : Encoding.UTF8.GetString(secret.Bytes);
    }
}

/// <summary>Moves only when told.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private long _seconds;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56).AddSeconds(Interlocked.Read(ref _seconds));

    public void Step() => Interlocked.Increment(ref _seconds);
}
