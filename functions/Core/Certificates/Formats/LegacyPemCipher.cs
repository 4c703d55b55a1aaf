using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>
/// Opens PKCS#1 and SEC1 keys that OpenSSL encrypted in its older way: the header <c>DEK-Info: AES-256-CBC,&lt;iv&gt;</c> of RFC 1421, a key made of
/// passphrase and IV with MD5 (EVP_BytesToKey, https://docs.openssl.org/3.0/man3/PEM_read_bio_PrivateKey/).
/// </summary>
internal static class LegacyPemCipher
{
    private const int SaltLength = 8;

    public static PrivateKeyReading Read(PemBlock block, IReadOnlyList<Passphrase> passphrases)
    {
        var (name, iv) = Split(block.Encryption!);
        if (Parameters(name) is not { } cipher)
            return new PrivateKeyReading.Sealed(name.Length is 0 ? "an unnamed cipher" : name);
        if (iv.Length != cipher.BlockLength || block.Bytes.IsEmpty || block.Bytes.Length % cipher.BlockLength is not 0)
            return new PrivateKeyReading.Unreadable();
        if (passphrases.Count is 0)
            return new PrivateKeyReading.Encrypted();
        foreach (var passphrase in passphrases)
        {
            if (Open(block.Bytes.Span, cipher, iv, passphrase) is not { } der)
                continue;
            var reading = PrivateKeyReader.Read(der);
            CryptographicOperations.ZeroMemory(der);
            // Nothing but the padding tells a wrong passphrase, and one in 256 wrong ones passes it.
            if (reading is not PrivateKeyReading.Unreadable)
                return reading;
        }

        return new PrivateKeyReading.WrongPassphrase();
    }

    private static (string Name, byte[] Iv) Split(string header)
    {
        var comma = header.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
            return (header, []);
        var hex = header.AsSpan(comma + 1).Trim();
        var iv = new byte[hex.Length / 2];
        return Convert.FromHexString(hex, iv, out _, out _) is System.Buffers.OperationStatus.Done ? (header[..comma].Trim(), iv) : (header[..comma].Trim(), []);
    }

    private static (Func<SymmetricAlgorithm> Create, int KeyLength, int BlockLength)? Parameters(string name) => name.ToUpperInvariant() switch
    {
        "AES-128-CBC" => (Aes.Create, 16, 16),
        "AES-192-CBC" => (Aes.Create, 24, 16),
        "AES-256-CBC" => (Aes.Create, 32, 16),
        "DES-EDE3-CBC" => (TripleDES.Create, 24, 8),
#pragma warning disable CA5351 // What is opened was made by others; nothing is encrypted this way.
        "DES-CBC" => (DES.Create, 8, 8),
#pragma warning restore CA5351
        _ => null,
    };

    private static byte[]? Open(ReadOnlySpan<byte> encrypted, (Func<SymmetricAlgorithm> Create, int KeyLength, int BlockLength) cipher, byte[] iv, Passphrase passphrase)
    {
        var key = KeyOf(passphrase, iv.AsSpan(0, SaltLength), cipher.KeyLength);
        try
        {
            using var algorithm = cipher.Create();
            algorithm.SetKey(key);
            return algorithm.DecryptCbc(encrypted, iv);
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[] KeyOf(Passphrase passphrase, ReadOnlySpan<byte> salt, int length)
    {
        var (text, key, made) = (passphrase.ToUtf8(), new byte[length], 0);
#pragma warning disable CA5351 // The format's own.
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        while (made < length)
        {
            if (made > 0)
                md5.AppendData(digest);
            md5.AppendData(text);
            md5.AppendData(salt);
            md5.GetHashAndReset(digest);
            var taken = Math.Min(digest.Length, length - made);
            digest[..taken].CopyTo(key.AsSpan(made));
            made += taken;
        }

        CryptographicOperations.ZeroMemory(text);
        CryptographicOperations.ZeroMemory(digest);
        return key;
    }
}
