namespace Certrelay.Outgoing.Probing;

/// <summary>Reads the server's Certificate message.</summary>
internal static class CertificateMessage
{
    /// <summary>The certificates as DER in the order sent, up to TLS 1.2 (RFC 5246 section 7.4.2); null when malformed.</summary>
    public static List<ReadOnlyMemory<byte>>? ReadTls12(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        var found = new List<ReadOnlyMemory<byte>>();
        var list = new WireReader(reader.Vector(3));
        while (list.HasMore)
            found.Add(list.Vector(3).ToArray());
        return reader.IsDone && !list.Failed ? found : null;
    }

    /// <summary>The same of TLS 1.3 (RFC 8446 section 4.4.2); null also when a certificate has extensions, because none was asked for.</summary>
    public static List<ReadOnlyMemory<byte>>? ReadTls13(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        var found = new List<ReadOnlyMemory<byte>>();
        var context = reader.Vector(1);
        var list = new WireReader(reader.Vector(3));
        while (list.HasMore)
        {
            found.Add(list.Vector(3).ToArray());
            if (!list.Vector(2).IsEmpty)
                return null;
        }

        return reader.IsDone && !list.Failed && context.IsEmpty ? found : null;
    }
}
