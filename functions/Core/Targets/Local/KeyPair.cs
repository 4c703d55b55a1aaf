using Certrelay.Certificates;

namespace Certrelay.Targets.Local;

/// <summary>Whether a certificate and a private key, as they lie in files, belong together.</summary>
internal static class KeyPair
{
    /// <summary>True when the first certificate's public key is that of the first private key; also for kinds of keys that cannot be checked, when both are of one kind.</summary>
    public static bool Matches(LiveFile certificate, LiveFile key)
    {
        if (key.Bytes is null || certificate.FirstCertificate() is not { } der || !CertificateRecord.TryParse(der, out var leaf))
            return false;
        foreach (var block in PemReader.Read(key.Bytes).Where(static block => block is { Fault: null, IsPrivateKey: true }))
        {
            try
            {
                return block.Encryption is null && Matches(leaf.PublicKey, PrivateKeyReader.Read(block.Bytes));
            }
            finally
            {
                block.Clear();
            }
        }

        return false;
    }

    private static bool Matches(PublicKeyInfo leaf, PrivateKeyReading reading)
    {
        using var key = (reading as PrivateKeyReading.Usable)?.Key;
        return key?.PublicKey.IsSameKeyAs(leaf) ?? (reading is PrivateKeyReading.Unsupported unsupported && unsupported.Name == leaf.Name);
    }
}
