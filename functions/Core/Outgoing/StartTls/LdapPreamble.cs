using System.Formats.Asn1;

namespace Certrelay.Outgoing;

/// <summary>The StartTLS operation of LDAP (RFC 4511 section 4.14).</summary>
internal static class LdapPreamble
{
    private const int MostBytes = 4096;
    private const int Success = 0;

    private static readonly Asn1Tag ExtendedRequest = new(TagClass.Application, 23, isConstructed: true);
    private static readonly Asn1Tag ExtendedResponse = new(TagClass.Application, 24, isConstructed: true);

    public static async Task RunAsync(Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Request(), cancellationToken);
        var answer = await ReadValueAsync(stream, cancellationToken);
        int result;
        try
        {
            result = Result(answer);
        }
        catch (AsnContentException)
        {
            throw new StartTlsDeclinedException("does not speak LDAP");
        }

        if (result != Success)
            throw new StartTlsDeclinedException($"answers the StartTLS operation with result code {result}");
    }

    private static byte[] Request()
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSequence(ExtendedRequest))
                writer.WriteOctetString("1.3.6.1.4.1.1466.20037"u8, new Asn1Tag(TagClass.ContextSpecific, 0));
        }
        return writer.Encode();
    }

    private static int Result(ReadOnlyMemory<byte> answer)
    {
        var message = new AsnReader(answer, AsnEncodingRules.BER).ReadSequence();
        message.ReadInteger();
        return message.ReadSequence(ExtendedResponse).ReadEnumeratedBytes().Span[^1];
    }

    /// <summary>Exactly one BER value with a definite length, as RFC 4511 section 5.1 demands.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadValueAsync(Stream stream, CancellationToken cancellationToken)
    {
        var value = new byte[MostBytes];
        await stream.ReadExactlyAsync(value.AsMemory(0, 2), cancellationToken);
        var header = 2;
        var length = (int)value[1];
        if (length >= 0x80)
        {
            header += length & 0x7F;
            if (header is 2 or > 5)
                throw new StartTlsDeclinedException("does not speak LDAP");
            await stream.ReadExactlyAsync(value.AsMemory(2, header - 2), cancellationToken);
            length = value.AsSpan(2, header - 2).ToArray().Aggregate(0, static (sum, octet) => (sum << 8) | octet);
        }

        if (header + length > MostBytes)
            throw new StartTlsDeclinedException("does not speak LDAP");
        await stream.ReadExactlyAsync(value.AsMemory(header, length), cancellationToken);
        return value.AsMemory(0, header + length);
    }
}
