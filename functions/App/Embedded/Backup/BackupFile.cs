using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Certrelay.Vault;

namespace Certrelay.App.Embedded.Backup;

/// <summary>How a backup lies in its file: a data key of its own, sealed with the vault's master key, then a tar archive under that key.</summary>
/// <remarks><c>"CRB1" · length 4, big-endian · sealed data key (<see cref="Envelope"/>) · chunks (<see cref="SealingStream"/>)</c></remarks>
internal static partial class BackupFile
{
    private const int KeySize = 32;
    private const int LongestEnvelope = 4096;

    // No secret can have it, because no name is empty.
    private static readonly VaultReference Reference = new("", "backup");

    private static ReadOnlySpan<byte> Magic => "CRB1"u8;

    /// <summary>Writes the head and gives what the archive goes to.</summary>
    public static SealingStream Begin(Stream file, MasterKey master, DateTimeOffset now)
    {
        Span<byte> key = stackalloc byte[KeySize];
        try
        {
            RandomNumberGenerator.Fill(key);
            var envelope = Envelope.Seal(Reference, now, new Dictionary<string, string>(), key, master);
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, envelope.Length);
            file.Write(Magic);
            file.Write(length);
            file.Write(envelope);
            return new SealingStream(file, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>
    /// Reads the head and gives the archive; throws <see cref="BackupRefusedException"/> (<c>backup.form</c>, <c>backup.wrong-key</c>, <c>backup.damaged</c>) when it is no
    /// backup, was made with another master key, or is damaged.
    /// </summary>
    public static UnsealingStream Open(Stream file, MasterKeyRing keys)
    {
        Span<byte> head = stackalloc byte[8];
        if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || !head.StartsWith(Magic)
            || BinaryPrimitives.ReadInt32BigEndian(head[4..]) is not (> 0 and <= LongestEnvelope and var length))
            throw new BackupRefusedException("backup.form", "This file is not a backup.");
        byte[]? key = null;
        try
        {
            var bytes = new byte[length];
            file.ReadExactly(bytes);
            var envelope = Envelope.Parse(Reference, bytes);
            var master = keys.Find(envelope.KeyId) ?? throw new BackupRefusedException(
                "backup.wrong-key", $"The backup was made with master key {envelope.KeyId}, but the one given is {string.Join(" and ", keys.Ids)}. Give the master key of that time.");
            key = envelope.Open(master);
            return new UnsealingStream(file, key);
        }
        catch (Exception damage) when (damage is EndOfStreamException or CryptographicException)
        {
            throw new BackupRefusedException("backup.damaged", "The backup is damaged, or was cut off. Nothing of it was restored; take another one.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>True for a path that belongs into a backup: the database, the first token, and the sealed files of the vault. A master key never does.</summary>
    public static bool Holds(string path) => Path().IsMatch(path);

    [GeneratedRegex(@"^(certrelay\.db|admin-token|vault/\.check|vault/[A-Za-z0-9-]{1,127}/[0-9a-f]{32}\.sealed)\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Path();
}
