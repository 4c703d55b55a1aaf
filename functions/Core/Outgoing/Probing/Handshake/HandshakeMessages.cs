namespace Certrelay.Outgoing.Probing;

/// <summary>The kinds of handshake messages that servers send (RFC 8446 section 4, RFC 5246 section 7.4).</summary>
internal enum MessageType : byte
{
    ServerHello = 2,
    EncryptedExtensions = 8,
    Certificate = 11,
    ServerKeyExchange = 12,
    CertificateRequest = 13,
    ServerHelloDone = 14,
    CertificateVerify = 15,
    Finished = 20,
}

/// <summary>One message; <paramref name="Before"/>: the transcript without it (RFC 8446 section 4.4.1).</summary>
internal readonly record struct HandshakeMessage(MessageType Type, ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Before);

/// <summary>Joins handshake messages, which may be split over records or share one, and keeps all of them in the order in which they were sent.</summary>
internal sealed class HandshakeMessages
{
    private const int HeaderLength = 4;

    private byte[] _bytes = new byte[4096];
    private int _next;
    private int _end;

    /// <summary>All messages that were taken.</summary>
    public ReadOnlyMemory<byte> Transcript => _bytes.AsMemory(0, _next);

    /// <summary>True when no part of another message is there.</summary>
    public bool IsAtBoundary => _next == _end;

    public void Add(ReadOnlySpan<byte> fragment)
    {
        if (_bytes.Length - _end < fragment.Length)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _end + fragment.Length));
        fragment.CopyTo(_bytes.AsSpan(_end));
        _end += fragment.Length;
    }

    /// <summary>False when the next message is not whole yet.</summary>
    public bool TryNext(out HandshakeMessage message)
    {
        message = default;
        var reader = new WireReader(_bytes.AsSpan(_next, _end - _next));
        var type = (MessageType)reader.Number(1);
        var body = reader.Vector(3);
        if (reader.Failed)
            return false;
        message = new HandshakeMessage(type, _bytes.AsMemory(_next + HeaderLength, body.Length), _bytes.AsMemory(0, _next));
        _next += HeaderLength + body.Length;
        return true;
    }
}
