using System.Buffers.Binary;

namespace Certrelay.Outgoing.Probing;

/// <summary>What a record carries (RFC 8446 section 5.1).</summary>
internal enum RecordType : byte
{
    ChangeCipherSpec = 20,
    Alert = 21,
    Handshake = 22,
    ApplicationData = 23,
}

/// <summary>One record; the fragment is good until the next one is read.</summary>
internal readonly record struct TlsRecord(RecordType Type, int Version, ReadOnlyMemory<byte> Fragment);

/// <summary>How a look for the next record ended.</summary>
internal enum RecordOutcome
{
    Record,

    /// <summary>The server hung up, in the midst of a record or not.</summary>
    End,

    /// <summary>What came is not TLS, or more than any flight is long.</summary>
    Foreign,
}

/// <summary>Takes records out of a stream through one buffer, because each read costs more than what is made of it.</summary>
internal sealed class RecordStream(Stream stream)
{
    /// <summary>The longest flight that is read. A chain that OpenSSL's clients accept has at most 100 KB (SSL_CTX_set_max_cert_list).</summary>
    public const int MostBytes = 128 * 1024;

    // RFC 5246 section 6.2.3.
    private const int LongestFragment = 16 * 1024 + 2048;
    private const int HeaderLength = 5;

    // Most flights in one read.
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;
    private int _taken;

    /// <summary>The record that <see cref="NextAsync"/> found.</summary>
    public TlsRecord Current { get; private set; }

    /// <summary>Throws <see cref="IOException"/> for a broken connection.</summary>
    public async ValueTask<RecordOutcome> NextAsync(CancellationToken cancellationToken)
    {
        if (!await HasAsync(HeaderLength, cancellationToken))
            return RecordOutcome.End;
        var length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start + 3));
        if (_buffer[_start] is < (byte)RecordType.ChangeCipherSpec or > (byte)RecordType.ApplicationData || _buffer[_start + 1] != 3 || length is 0 or > LongestFragment)
            return RecordOutcome.Foreign;
        _taken += HeaderLength + length;
        if (_taken > MostBytes)
            return RecordOutcome.Foreign;
        if (!await HasAsync(HeaderLength + length, cancellationToken))
            return RecordOutcome.End;
        Current = new TlsRecord(
            (RecordType)_buffer[_start], BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start + 1)), _buffer.AsMemory(_start + HeaderLength, length));
        _start += HeaderLength + length;
        return RecordOutcome.Record;
    }

    /// <summary>Reads until so many bytes are there; false at the end of the stream.</summary>
    private async ValueTask<bool> HasAsync(int wanted, CancellationToken cancellationToken)
    {
        while (_end - _start < wanted)
        {
            if (_buffer.Length - _start < wanted)
                MakeRoom(wanted);
            var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (count == 0)
                return false;
            _end += count;
        }

        return true;
    }

    private void MakeRoom(int wanted)
    {
        var roomy = _buffer.Length < wanted ? new byte[HeaderLength + LongestFragment] : _buffer;
        _buffer.AsSpan(_start, _end - _start).CopyTo(roomy);
        (_buffer, _start, _end) = (roomy, 0, _end - _start);
    }
}
