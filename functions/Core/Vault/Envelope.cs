using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.Vault;

/// <summary>
/// One sealed version: the value under its own random 256-bit data key, that key under a master key, both with AES-256-GCM. Name, version, creation time and
/// tags are authenticated with both (the master key's id with the data key), so no part of one version passes for a part of another, and the tags can be
/// trusted after <see cref="Verify"/>, which does not open the value.
/// </summary>
/// <remarks>
/// <c>"CRV1" · master key id 4 · nonce 12 · wrapped data key 32 · tag 16 · nonce 12 · tag 16 · metadata length 4, big-endian · metadata, JSON · ciphertext</c>.
/// A new master key changes the first 68 bytes only.
/// </remarks>
public sealed partial class Envelope
{
    internal const int KeyIdSize = 4;
    internal const int TagSize = 16;
    private const int NonceSize = 12;
    private const int DataKeySize = 32;

    private const int WrapNonceAt = 4 + KeyIdSize;
    private const int DataKeyAt = WrapNonceAt + NonceSize;
    private const int WrapTagAt = DataKeyAt + DataKeySize;
    private const int NonceAt = WrapTagAt + TagSize;
    private const int TagAt = NonceAt + NonceSize;
    private const int MetadataLengthAt = TagAt + TagSize;
    private const int MetadataAt = MetadataLengthAt + sizeof(int);

    private readonly VaultReference _reference;
    private readonly byte[] _bytes;
    private readonly int _valueAt;
    private readonly Metadata _metadata;

    private Envelope(VaultReference reference, byte[] bytes, int valueAt, Metadata metadata)
    {
        (_reference, _bytes, _valueAt, _metadata) = (reference, bytes, valueAt, metadata);
        KeyId = Convert.ToHexStringLower(bytes.AsSpan(4, KeyIdSize));
    }

    private static ReadOnlySpan<byte> Magic => "CRV1"u8;

    /// <summary>The id of the master key that the data key is wrapped with.</summary>
    public string KeyId { get; }

    public DateTimeOffset Created => _metadata.Created;

    public IReadOnlyDictionary<string, string> Tags => _metadata.Tags;

    /// <summary>Seals a value; the result holds nothing that opens it.</summary>
    public static byte[] Seal(
        VaultReference reference, DateTimeOffset created, IReadOnlyDictionary<string, string> tags, ReadOnlySpan<byte> value, MasterKey key)
    {
        var metadata = JsonSerializer.SerializeToUtf8Bytes(new Metadata(created.ToUniversalTime(), tags), Json.Default.Metadata);
        var valueAt = MetadataAt + metadata.Length;
        var sealedBytes = new byte[valueAt + value.Length];
        Magic.CopyTo(sealedBytes);
        BinaryPrimitives.WriteInt32BigEndian(sealedBytes.AsSpan(MetadataLengthAt), metadata.Length);
        metadata.CopyTo(sealedBytes, MetadataAt);

        Span<byte> dataKey = stackalloc byte[DataKeySize];
        try
        {
            RandomNumberGenerator.Fill(dataKey);
            Wrap(sealedBytes, dataKey, reference, metadata, key);
            var nonce = sealedBytes.AsSpan(NonceAt, NonceSize);
            RandomNumberGenerator.Fill(nonce);
            using var cipher = new AesGcm(dataKey, TagSize);
            cipher.Encrypt(nonce, value, sealedBytes.AsSpan(valueAt), sealedBytes.AsSpan(TagAt, TagSize), Context("value"u8, reference, metadata));
            return sealedBytes;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    /// <summary>Reads the outer form, proving nothing yet; throws <see cref="CryptographicException"/> when it has another. Keeps <paramref name="bytes"/>.</summary>
    public static Envelope Parse(VaultReference reference, byte[] bytes)
    {
        if (bytes.Length < MetadataAt || !bytes.AsSpan().StartsWith(Magic))
            throw new CryptographicException("This is not a sealed version.");
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(MetadataLengthAt));
        if (length < 0 || length > bytes.Length - MetadataAt)
            throw new CryptographicException("The sealed version is cut short.");
        return new Envelope(reference, bytes, MetadataAt + length, Read(bytes.AsSpan(MetadataAt, length)));
    }

    /// <summary>Opens the value in a buffer that the caller must zero; throws <see cref="CryptographicException"/> when a byte differs from what was sealed.</summary>
    public byte[] Open(MasterKey key)
    {
        Span<byte> dataKey = stackalloc byte[DataKeySize];
        var value = GC.AllocateUninitializedArray<byte>(_bytes.Length - _valueAt, pinned: true);
        try
        {
            Unwrap(dataKey, key);
            using var cipher = new AesGcm(dataKey, TagSize);
            cipher.Decrypt(_bytes.AsSpan(NonceAt, NonceSize), _bytes.AsSpan(_valueAt), _bytes.AsSpan(TagAt, TagSize), value,
                Context("value"u8, _reference, MetadataBytes));
            return value;
        }
        catch
        {
            CryptographicOperations.ZeroMemory(value);
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    /// <summary>Proves key, name, version, time and tags; throws <see cref="CryptographicException"/> when one differs from what was sealed.</summary>
    public void Verify(MasterKey key)
    {
        Span<byte> dataKey = stackalloc byte[DataKeySize];
        try
        {
            Unwrap(dataKey, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    /// <summary>The same version with its data key under <paramref name="next"/>; throws as <see cref="Verify"/>.</summary>
    public byte[] Rewrap(MasterKey key, MasterKey next)
    {
        Span<byte> dataKey = stackalloc byte[DataKeySize];
        try
        {
            Unwrap(dataKey, key);
            var rewrapped = (byte[])_bytes.Clone();
            Wrap(rewrapped, dataKey, _reference, MetadataBytes, next);
            return rewrapped;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    private ReadOnlySpan<byte> MetadataBytes => _bytes.AsSpan(MetadataAt, _valueAt - MetadataAt);

    private static void Wrap(Span<byte> target, ReadOnlySpan<byte> dataKey, VaultReference reference, ReadOnlySpan<byte> metadata, MasterKey key)
    {
        var id = Convert.FromHexString(key.Id);
        id.CopyTo(target[Magic.Length..]);
        var nonce = target.Slice(WrapNonceAt, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = key.Cipher();
        cipher.Encrypt(nonce, dataKey, target.Slice(DataKeyAt, DataKeySize), target.Slice(WrapTagAt, TagSize),
            Context("key"u8, reference, [.. id, .. metadata]));
    }

    private void Unwrap(Span<byte> dataKey, MasterKey key)
    {
        using var cipher = key.Cipher();
        cipher.Decrypt(_bytes.AsSpan(WrapNonceAt, NonceSize), _bytes.AsSpan(DataKeyAt, DataKeySize), _bytes.AsSpan(WrapTagAt, TagSize), dataKey,
            Context("key"u8, _reference, [.. _bytes.AsSpan(Magic.Length, KeyIdSize), .. MetadataBytes]));
    }

    /// <summary>What is authenticated beside the ciphertext; each variable part but the last is preceded by its length, so that no two sets of parts read alike.</summary>
    private static byte[] Context(ReadOnlySpan<byte> purpose, VaultReference reference, ReadOnlySpan<byte> rest)
    {
        using var context = new MemoryStream();
        using var writer = new BinaryWriter(context, Encoding.UTF8);
        writer.Write(Magic);
        writer.Write((byte)purpose.Length);
        writer.Write(purpose);
        writer.Write(reference.Name);
        writer.Write(reference.Version);
        writer.Write(rest);
        return context.ToArray();
    }

    private static Metadata Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Json.Default.Metadata) is { Tags: not null } metadata
                ? metadata
                : throw new CryptographicException("The sealed version has no tags.");
        }
        catch (JsonException cause)
        {
            throw new CryptographicException("The sealed version's tags cannot be read.", cause);
        }
    }

    private sealed record Metadata(DateTimeOffset Created, IReadOnlyDictionary<string, string> Tags);

    [JsonSerializable(typeof(Metadata))]
    private sealed partial class Json : JsonSerializerContext;
}
