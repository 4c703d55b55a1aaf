using System.Formats.Asn1;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace Certrelay.Certificates;

/// <summary>Opens an EncryptedPrivateKeyInfo (RFC 5958 section 3) with the passphrases at hand.</summary>
internal static class EncryptedKeyReader
{
    /// <param name="passphrases">Null among them stands for no passphrase at all, which PKCS#12 tells from an empty one.</param>
    public static PrivateKeyReading Read(ReadOnlyMemory<byte> encrypted, IReadOnlyList<Passphrase?> passphrases, DerivationBudget budget)
    {
        PasswordProtection protection;
        try
        {
            protection = PasswordProtection.Read(new AsnReader(encrypted, AsnEncodingRules.BER).ReadSequence().ReadSequence());
        }
        catch (AsnContentException)
        {
            return new PrivateKeyReading.Unreadable();
        }

        if (protection.Obstacle is { } obstacle)
            return new PrivateKeyReading.Sealed(obstacle);
        if (passphrases.Count is 0)
            return new PrivateKeyReading.Encrypted();
        foreach (var passphrase in passphrases)
        {
            if (!budget.TrySpend(protection.Rounds))
                return new PrivateKeyReading.Sealed("more rounds of key derivation than one upload may cost");
            if (Open(encrypted, passphrase) is not { } pkcs8)
                continue;
            var reading = PrivateKeyReader.Read(pkcs8);
            CryptographicOperations.ZeroMemory(pkcs8);
            return reading;
        }

        return new PrivateKeyReading.WrongPassphrase();
    }

    private static byte[]? Open(ReadOnlyMemory<byte> encrypted, Passphrase? passphrase)
    {
        try
        {
            var key = Pkcs8PrivateKeyInfo.DecryptAndDecode(passphrase is null ? default : passphrase.Characters, encrypted, out _);
            var pkcs8 = key.Encode();
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(key.PrivateKeyBytes).Span);
            return pkcs8;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
