using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Certrelay.Certificates;

/// <summary>Writes Java's own keystore, JKS version 2; its format is told in <see cref="JavaKeystoreReader"/>.</summary>
internal sealed class JavaKeystoreWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    private JavaKeystoreWriter(int entries)
    {
        _buffer.Write((ReadOnlySpan<byte>)[0xFE, 0xED, 0xFE, 0xED]);
        Number(2);
        Number(entries);
    }

    /// <summary>One entry: the key with leaf and chain.</summary>
    public static byte[] Write(ExportContent content)
    {
        var writer = new JavaKeystoreWriter(entries: 1);
        writer.Number(1);
        writer.Entry(content.Name, content.Made);
        writer.Sized(JavaKeyProtection.Protect(content.Bundle.Pkcs8, content.Protection));
        writer.Number(content.Path.Count);
        foreach (var der in content.Path)
            writer.Certificate(der.Span);
        return writer.Seal(content.Protection);
    }

    /// <summary>One entry: a certificate that is trusted.</summary>
    public static byte[] WriteTrusted(string alias, ReadOnlySpan<byte> der, DateTimeOffset made, Passphrase passphrase)
    {
        var writer = new JavaKeystoreWriter(entries: 1);
        writer.Number(2);
        writer.Entry(alias, made);
        writer.Certificate(der);
        return writer.Seal(passphrase);
    }

    private byte[] Seal(Passphrase passphrase)
    {
        var content = _buffer.WrittenSpan;
        return [.. content, .. JavaKeystoreDigest.Of(content, passphrase)];
    }

    private void Entry(string alias, DateTimeOffset made)
    {
        Text(alias);
        Span<byte> time = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(time, made.ToUnixTimeMilliseconds());
        _buffer.Write(time);
    }

    private void Certificate(ReadOnlySpan<byte> der)
    {
        Text("X.509");
        Sized(der);
    }

    // Names are ASCII, which Java's modified UTF-8 leaves as it is.
    private void Text(string text)
    {
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)text.Length);
        _buffer.Write(length);
        _buffer.Write(Encoding.ASCII.GetBytes(text));
    }

    private void Sized(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        _buffer.Write(bytes);
    }

    private void Number(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        _buffer.Write(bytes);
    }
}
