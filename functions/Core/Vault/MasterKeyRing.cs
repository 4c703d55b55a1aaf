namespace Certrelay.Vault;

/// <summary>The master keys at hand: one, or two while the vault passes from one to the other. Owns and disposes them.</summary>
public sealed class MasterKeyRing(params IReadOnlyList<MasterKey> keys) : IDisposable
{
    /// <summary>The key that a new vault begins with.</summary>
    public MasterKey First => keys[0];

    public IEnumerable<string> Ids => keys.Select(static key => key.Id);

    /// <summary>The key with this id; null when it is not at hand.</summary>
    public MasterKey? Find(string id) => keys.FirstOrDefault(key => string.Equals(key.Id, id, StringComparison.Ordinal));

    public void Dispose()
    {
        foreach (var key in keys)
            key.Dispose();
    }
}
