using System.Buffers.Binary;

namespace Certrelay.Outgoing.Probing;

/// <summary>
/// What a server answers a ClientHello with, as far as it is in clear: version and cipher suite always, the certificates up to TLS 1.2.
/// </summary>
internal sealed record ServerFlight
{
    // A chain that OpenSSL's clients accept has at most 100 KB (SSL_CTX_set_max_cert_list).
    private const int MostBytes = 128 * 1024;
    private const int LongestRecord = 16 * 1024 + 2048;

    private const byte Alert = 21;
    private const byte Handshake = 22;

    private const byte ServerHello = 2;
    private const byte Certificate = 11;
    private const byte CertificateRequest = 13;
    private const byte ServerHelloDone = 14;

    private const int SupportedVersions = 43;

    /// <summary>The version that the server chose; null when it chose none. A HelloRetryRequest counts: it asks for another share only.</summary>
    public TlsVersion? Version { get; private set; }

    public ushort CipherSuite { get; private set; }

    /// <summary>As DER, in the order sent (RFC 5246 section 7.4.2).</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; private set; } = [];

    /// <summary>The server asked for a client certificate.</summary>
    public bool WantsCertificate { get; private set; }

    /// <summary>Why the server refused; null when it did not say.</summary>
    public TlsAlert? Refusal { get; private set; }

    /// <summary>True when what came was not TLS.</summary>
    public bool IsForeign { get; private set; }

    /// <summary>Reads until the server has said all that is in clear, refuses, or hangs up; throws <see cref="IOException"/> for a broken connection.</summary>
    public static async Task<ServerFlight> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var flight = new ServerFlight();
        var header = new byte[5];
        var messages = new List<byte>();
        try
        {
            while (messages.Count < MostBytes)
            {
                if (await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken) < header.Length)
                    return flight;
                var length = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3));
                if (header[0] is not (Alert or Handshake) || header[1] != 3 || length is 0 or > LongestRecord)
                    return flight with { IsForeign = true };
                var record = new byte[length];
                await stream.ReadExactlyAsync(record, cancellationToken);
                // RFC 6066 section 3 lets a server warn that it does not know the name and go on.
                if (header[0] == Alert && record is [1, 112])
                    continue;
                if (header[0] == Alert)
                    return flight with { Refusal = new TlsAlert(record[^1]) };
                messages.AddRange(record);
                if (flight.Take(messages))
                    return flight;
            }
        }
        catch (EndOfStreamException)
        {
            return flight;
        }
        catch (ArgumentOutOfRangeException)
        {
            // A length inside a message reaches beyond it.
            return flight with { IsForeign = true };
        }

        return flight;
    }

    /// <summary>Takes the whole messages from the front; true when nothing more in clear follows.</summary>
    private bool Take(List<byte> messages)
    {
        while (messages.Count >= 4)
        {
            var length = messages[1] << 16 | messages[2] << 8 | messages[3];
            if (messages.Count < 4 + length)
                return false;
            var body = messages.GetRange(4, length).ToArray();
            var type = messages[0];
            messages.RemoveRange(0, 4 + length);
            if (Take(type, body))
                return true;
        }

        return false;
    }

    private bool Take(byte type, ReadOnlyMemory<byte> body)
    {
        switch (type)
        {
            case ServerHello:
                TakeHello(body.Span);
                return Version is TlsVersion.Tls13;
            case Certificate:
                Certificates = ReadCertificates(body);
                return false;
            case CertificateRequest:
                WantsCertificate = true;
                return false;
            default:
                return type == ServerHelloDone;
        }
    }

    // RFC 5246 section 7.4.1.3; in TLS 1.3 the version is in an extension (RFC 8446 section 4.1.3).
    private void TakeHello(ReadOnlySpan<byte> body)
    {
        var version = (int)BinaryPrimitives.ReadUInt16BigEndian(body);
        var rest = body[34..];
        rest = rest[(1 + rest[..1][0])..];
        CipherSuite = BinaryPrimitives.ReadUInt16BigEndian(rest);
        rest = rest[3..];
        if (rest.Length >= 2)
        {
            for (rest = rest[2..]; rest.Length >= 4;)
            {
                var (extension, length) = (BinaryPrimitives.ReadUInt16BigEndian(rest), BinaryPrimitives.ReadUInt16BigEndian(rest[2..]));
                if (extension == SupportedVersions)
                    version = BinaryPrimitives.ReadUInt16BigEndian(rest[4..]);
                rest = rest[(4 + length)..];
            }
        }

        if (Enum.IsDefined((TlsVersion)version))
            Version = (TlsVersion)version;
        else
            IsForeign = true;
    }

    private static List<ReadOnlyMemory<byte>> ReadCertificates(ReadOnlyMemory<byte> body)
    {
        var found = new List<ReadOnlyMemory<byte>>();
        for (var rest = body[3..]; rest.Length >= 3;)
        {
            var span = rest.Span;
            var length = span[0] << 16 | span[1] << 8 | span[2];
            found.Add(rest.Slice(3, length));
            rest = rest[(3 + length)..];
        }

        return found;
    }
}
