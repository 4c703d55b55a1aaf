using System.Security.Cryptography;
using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>Reads sealed files with whichever master key each one names, while another process may be rotating it.</summary>
internal sealed class SealedFiles(VaultFolder folder, IMasterKeySource keys)
{
    /// <summary>The id of the master key that new versions must be sealed with: the one that seals the check record, which a rotation moves first.</summary>
    public string CurrentKeyId()
    {
        try
        {
            return Read(folder.CheckFile) is { } bytes
                ? Envelope.Parse(VaultFolder.CheckReference, bytes).KeyId
                : throw new Permanent("vault.check-missing", $"The vault's check record {folder.CheckFile} is absent.");
        }
        catch (CryptographicException cause)
        {
            throw new Permanent("vault.check-damaged", $"The vault's check record {folder.CheckFile} is damaged.", cause);
        }
    }

    /// <summary>Why the keys at hand are not this vault's; null when they are.</summary>
    public VaultFault? CheckFault()
    {
        const string Restore = "Restore the file from the vault's backup.";
        try
        {
            return Use(folder.CheckFile, VaultFolder.CheckReference, static (envelope, key) => envelope.Open(key)) is null
                ? new VaultFault("vault.check-missing", $"The vault holds secrets, but its check record {folder.CheckFile} is absent.", Restore)
                : null;
        }
        catch (UnknownKeyException unknown)
        {
            return new VaultFault("vault.wrong-key", $"The vault is sealed with master key {unknown.KeyId}, but the one given is {unknown.AtHand}.",
                "Give the vault's own key, or name another folder for a new vault.");
        }
        catch (CryptographicException)
        {
            return new VaultFault("vault.check-damaged", $"The vault's check record {folder.CheckFile} is damaged.", Restore);
        }
    }

    /// <summary>
    /// Passes the envelope in <paramref name="path"/> and its master key on; null when there is no file. Throws <see cref="CryptographicException"/> when the
    /// file is not what was sealed, <see cref="UnknownKeyException"/> when its key is not at hand.
    /// </summary>
    public T? Use<T>(string path, VaultReference reference, Func<Envelope, MasterKey, T> use)
        where T : class
    {
        for (var again = true; ; again = false)
        {
            if (Read(path) is not { } bytes)
                return null;
            var envelope = Envelope.Parse(reference, bytes);
            using var ring = keys.Take();
            if (ring.Find(envelope.KeyId) is { } key)
                return use(envelope, key);
            // The keys are read after the file, so one is missing only if a rotation ended in between: then the file is new, too.
            if (!again)
                throw new UnknownKeyException(envelope.KeyId, string.Join(" and ", ring.Ids));
        }
    }

    /// <summary>The bytes of a file; null when there is none.</summary>
    public static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>A sealed file names a master key that is not at hand.</summary>
internal sealed class UnknownKeyException(string keyId, string atHand)
    : CryptographicException($"It is sealed with master key {keyId}; at hand is {atHand}.")
{
    public string KeyId { get; } = keyId;

    public string AtHand { get; } = atHand;
}
