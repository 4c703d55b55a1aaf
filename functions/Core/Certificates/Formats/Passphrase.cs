using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Certificates;

/// <summary>What opens a protected key or keystore: characters that are zeroed on disposal and cannot print themselves.</summary>
[DebuggerDisplay("[passphrase]")]
public sealed class Passphrase : IDisposable
{
    private readonly char[] _characters;

    private Passphrase(char[] characters) => _characters = characters;

    /// <summary>The empty one.</summary>
    internal static Passphrase Empty { get; } = new([]);

    // Without those that look alike; 24 of 55 make 138 bits.
    private const string DrawnCharacters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    private const int DrawnLength = 24;
    private const int Shortest = 8;
    private const int Longest = 128;

    /// <summary>One that nobody chose.</summary>
    public static Passphrase Draw() => new(RandomNumberGenerator.GetItems<char>(DrawnCharacters, DrawnLength));

    /// <summary>True for 8 to 128 printable ASCII characters: every program that opens keystores takes those, and means the same by them.</summary>
    public static bool IsFit(string text) => text.Length is >= Shortest and <= Longest && text.All(static c => c is >= ' ' and <= '~');

    /// <summary>The characters; zeros after disposal.</summary>
    public ReadOnlySpan<char> Characters => _characters;

    /// <summary>Reads UTF-8; line breaks at the end are none of it, because files and terminals add them.</summary>
    public static Passphrase OfUtf8(ReadOnlySpan<byte> text)
    {
        text = text.TrimEnd("\r\n"u8);
        var characters = new char[Encoding.UTF8.GetCharCount(text)];
        Encoding.UTF8.GetChars(text, characters);
        return new Passphrase(characters);
    }

    /// <summary>The characters as UTF-8, as PEM encryption takes them; the caller zeroes the bytes.</summary>
    internal byte[] ToUtf8() => Encoding.UTF8.GetBytes(_characters);

    /// <summary>The characters as UTF-16 with the high byte first, as Java's keystore takes them; the caller zeroes the bytes.</summary>
    internal byte[] ToBigEndian() => Encoding.BigEndianUnicode.GetBytes(_characters);

    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_characters.AsSpan()));

    public override string ToString() => "[passphrase]";
}
