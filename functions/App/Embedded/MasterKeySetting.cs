using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>
/// Master keys in the value of a setting or environment variable: one key of 64 hexadecimal digits, or several separated by commas. A new vault takes the first;
/// with two, a process works before, during and after the rotation from one to the other.
/// </summary>
public sealed class MasterKeySetting(string value) : IMasterKeySource
{
    private static readonly VaultFault Form = new("vault.key-form", "The master key in the settings is not 64 hexadecimal digits.",
        "Make a key with: openssl rand -hex 32");

    public IReadOnlyList<VaultFault> Faults(bool vaultIsEmpty)
    {
        using var ring = Read();
        return ring is null ? [Form] : [];
    }

    public void MakeFirst()
    {
        // The setting is the operator's; there is nothing to make.
    }

    public MasterKeyRing Take() => Read() ?? throw new VaultRefusedException([Form]);

    private MasterKeyRing? Read()
    {
        var keys = value.Split(',').Select(static part => MasterKey.TryParse(part)).ToList();
        var ring = new MasterKeyRing([.. keys.OfType<MasterKey>()]);
        if (!keys.Contains(null))
            return ring;
        ring.Dispose();
        return null;
    }
}
