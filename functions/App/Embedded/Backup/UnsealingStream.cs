using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Certrelay.App.Embedded.Backup;

/// <summary>Reads what a <see cref="SealingStream"/> wrote; throws <see cref="BackupRefusedException"/> (<c>backup.damaged</c>) when a byte of it differs or is missing.</summary>
internal sealed class UnsealingStream(Stream source, ReadOnlySpan<byte> key) : Stream
{
    private readonly AesGcm _cipher = new(key, SealingStream.TagSize);
    private readonly byte[] _plain = new byte[SealingStream.ChunkSize];
    private readonly byte[] _sealed = new byte[SealingStream.ChunkSize + SealingStream.TagSize];
    private int _at;
    private int _filled;
    private long _number;
    private bool _last;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (_at == _filled && !_last)
            ReadChunk();
        var taken = Math.Min(_filled - _at, buffer.Length);
        _plain.AsSpan(_at, taken).CopyTo(buffer);
        _at += taken;
        return taken;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CryptographicOperations.ZeroMemory(_plain);
            _cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReadChunk()
    {
        try
        {
            Span<byte> head = stackalloc byte[4];
            source.ReadExactly(head);
            var length = BinaryPrimitives.ReadUInt32BigEndian(head);
            _last = (length & SealingStream.LastBit) != 0;
            length &= ~SealingStream.LastBit;
            if (length > SealingStream.ChunkSize)
                throw Damaged();
            var whole = _sealed.AsSpan(0, (int)length + SealingStream.TagSize);
            source.ReadExactly(whole);
            var (nonce, context) = SealingStream.Of(_number++, _last);
            _cipher.Decrypt(nonce, whole[..(int)length], whole[(int)length..], _plain.AsSpan(0, (int)length), context);
            (_at, _filled) = (0, (int)length);
        }
        catch (Exception damage) when (damage is EndOfStreamException or CryptographicException)
        {
            throw Damaged();
        }
    }

    private static BackupRefusedException Damaged() =>
        new("backup.damaged", "The backup is damaged, or was cut off. Nothing of it was restored; take another one.");
}
