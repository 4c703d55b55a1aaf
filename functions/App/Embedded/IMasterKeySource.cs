using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>Where the master key comes from: an owner-only file or a setting. It is asked at each use, so nothing has to notice a rotation.</summary>
public interface IMasterKeySource
{
    /// <summary>Every reason why the key cannot be used; a key that is absent is none while the vault is empty, if it can be made.</summary>
    IReadOnlyList<VaultFault> Faults(bool vaultIsEmpty);

    /// <summary>Makes the first key where there is none yet; leaves one that exists, also when another process made it just now.</summary>
    void MakeFirst();

    /// <summary>The keys at hand, for the caller to dispose; throws <see cref="VaultRefusedException"/> when there is a fault.</summary>
    MasterKeyRing Take();
}
