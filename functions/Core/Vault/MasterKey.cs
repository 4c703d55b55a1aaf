using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Vault;

/// <summary>The 256-bit key that wraps every data key of the embedded vault. Written down as 64 hexadecimal digits; cannot print itself; zeroed on disposal.</summary>
[DebuggerDisplay("[master key {Id}]")]
public sealed class MasterKey : IDisposable
{
    private const int Length = 32;

    // Pinned, so that the garbage collector leaves no copies behind when it compacts.
    private readonly byte[] _bytes = GC.AllocateArray<byte>(Length, pinned: true);
    private bool _disposed;

    private MasterKey()
    {
    }

    /// <summary>The first 8 hexadecimal digits of the key's SHA-256: safe to show, and written into whatever the key wraps.</summary>
    public string Id { get; private set; } = "";

    /// <summary>A new random key.</summary>
    public static MasterKey Create()
    {
        var key = new MasterKey();
        RandomNumberGenerator.Fill(key._bytes);
        return key.Named();
    }

    /// <summary>Reads 64 hexadecimal digits in either case, white space around them allowed; null for anything else.</summary>
    public static MasterKey? TryParse(ReadOnlySpan<char> text)
    {
        var key = new MasterKey();
        var digits = text.Trim();
        if (digits.Length == 2 * Length && Convert.FromHexString(digits, key._bytes, out _, out _) is OperationStatus.Done)
            return key.Named();
        key.Dispose();
        return null;
    }

    /// <summary>As the other overload, from ASCII.</summary>
    public static MasterKey? TryParse(ReadOnlySpan<byte> text)
    {
        Span<char> characters = stackalloc char[128];
        var parsed = text.Length <= characters.Length && Ascii.ToUtf16(text, characters, out var written) is OperationStatus.Done
            ? TryParse(characters[..written])
            : null;
        characters.Clear();
        return parsed;
    }

    /// <summary>The written form, one line of ASCII, in a buffer that the caller must zero.</summary>
    public byte[] ToText()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var text = GC.AllocateArray<byte>((2 * Length) + 1, pinned: true);
        Convert.TryToHexStringLower(_bytes, text, out _);
        text[^1] = (byte)'\n';
        return text;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _disposed = true;
    }

    public override string ToString() => $"[master key {Id}]";

    internal AesGcm Cipher()
    {
        // A zeroed key would still encrypt, and anyone could open the result.
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new AesGcm(_bytes, Envelope.TagSize);
    }

    private MasterKey Named()
    {
        Id = Convert.ToHexStringLower(SHA256.HashData(_bytes).AsSpan(0, Envelope.KeyIdSize));
        return this;
    }
}
