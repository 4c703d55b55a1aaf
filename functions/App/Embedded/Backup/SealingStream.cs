using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Certrelay.App.Embedded.Backup;

/// <summary>
/// Encrypts what is written to it with AES-256-GCM, a chunk of 1 MiB at a time. Each chunk is authenticated with its number, and the last one says that it is the last:
/// none can be left out, moved or cut off. The key must serve this one stream alone.
/// </summary>
/// <remarks><c>length 4, big-endian, its first bit set for the last chunk · ciphertext · tag 16</c>; the nonce is the chunk's number.</remarks>
internal sealed class SealingStream(Stream target, ReadOnlySpan<byte> key) : Stream
{
    internal const int ChunkSize = 1024 * 1024;
    internal const int TagSize = 16;
    internal const int NonceSize = 12;
    internal const uint LastBit = 0x8000_0000;

    private readonly AesGcm _cipher = new(key, TagSize);
    private readonly byte[] _plain = new byte[ChunkSize];
    private readonly byte[] _sealed = new byte[4 + ChunkSize + TagSize];
    private int _filled;
    private long _number;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_filled == ChunkSize)
                WriteChunk(last: false);
            var taken = Math.Min(ChunkSize - _filled, buffer.Length);
            buffer[..taken].CopyTo(_plain.AsSpan(_filled));
            _filled += taken;
            buffer = buffer[taken..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Writes the last chunk; without it the whole is not valid.</summary>
    public void Complete() => WriteChunk(last: true);

    public override void Flush()
    {
        // A chunk is written when it is full.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CryptographicOperations.ZeroMemory(_plain);
            _cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>What a chunk is authenticated with beside its content, the nonce first.</summary>
    internal static (byte[] Nonce, byte[] Context) Of(long number, bool last)
    {
        var (nonce, context) = (new byte[NonceSize], new byte[sizeof(long) + 1]);
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(NonceSize - sizeof(long)), number);
        BinaryPrimitives.WriteInt64BigEndian(context, number);
        context[^1] = last ? (byte)1 : (byte)0;
        return (nonce, context);
    }

    private void WriteChunk(bool last)
    {
        var (nonce, context) = Of(_number++, last);
        BinaryPrimitives.WriteUInt32BigEndian(_sealed, (uint)_filled | (last ? LastBit : 0));
        _cipher.Encrypt(nonce, _plain.AsSpan(0, _filled), _sealed.AsSpan(4, _filled), _sealed.AsSpan(4 + _filled, TagSize), context);
        target.Write(_sealed.AsSpan(0, 4 + _filled + TagSize));
        _filled = 0;
    }
}
