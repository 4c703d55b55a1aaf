using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Certrelay.Dns;

/// <summary>Queries and responses on the wire (RFC 1035, section 4), with EDNS (RFC 6891).</summary>
internal sealed class DnsMessage
{
    public const int NoError = 0;
    public const int FormatError = 1;
    public const int ServerFailure = 2;
    public const int NameError = 3;
    public const int NotImplemented = 4;
    public const int BadVersion = 16;

    // What passes every path without fragments (the DNS flag day of 2020).
    private const int UdpSize = 1232;

    private const int HeaderSize = 12;
    private const int InternetClass = 1;
    private const int OptionType = 41;
    private const int DnssecOk = 0x8000;

    private const ushort ResponseFlag = 0x8000;
    private const ushort AuthoritativeFlag = 0x0400;
    private const ushort TruncatedFlag = 0x0200;
    private const ushort RecursionDesiredFlag = 0x0100;
    private const ushort AuthenticatedFlag = 0x0020;

    private DnsMessage(ushort flags) => (Flags, Code) = (flags, flags & 0xF);

    /// <summary>The response code, the upper bits of EDNS included.</summary>
    public int Code { get; private set; }

    public bool IsTruncated => (Flags & TruncatedFlag) != 0;

    public bool IsAuthoritative => (Flags & AuthoritativeFlag) != 0;

    public bool IsAuthenticated => (Flags & AuthenticatedFlag) != 0;

    public List<(DnsType Type, DnsRecord Record)> Answers { get; } = [];

    public List<(DnsType Type, DnsRecord Record)> Authority { get; } = [];

    private ushort Flags { get; }

    /// <summary>A query; with EDNS unless the server knows none.</summary>
    public static byte[] Query(ushort id, ReadOnlySpan<byte> name, DnsQuestion question, bool edns)
    {
        var query = new byte[HeaderSize + name.Length + 4 + (edns ? 11 : 0)];
        var header = query.AsSpan();
        BinaryPrimitives.WriteUInt16BigEndian(header, id);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)((question.Recursion ? RecursionDesiredFlag : 0) | (question.Dnssec ? AuthenticatedFlag : 0)));
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], 1);
        name.CopyTo(header[HeaderSize..]);
        var at = HeaderSize + name.Length;
        BinaryPrimitives.WriteUInt16BigEndian(header[at..], (ushort)question.Type);
        BinaryPrimitives.WriteUInt16BigEndian(header[(at + 2)..], InternetClass);
        if (!edns)
            return query;
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], 1);
        at += 4;
        BinaryPrimitives.WriteUInt16BigEndian(header[(at + 1)..], OptionType);
        BinaryPrimitives.WriteUInt16BigEndian(header[(at + 3)..], UdpSize);
        BinaryPrimitives.WriteUInt16BigEndian(header[(at + 7)..], (ushort)(question.Dnssec ? DnssecOk : 0));
        return query;
    }

    /// <summary>
    /// The response to a query; null when it answers another one, as somebody's who guesses would. A truncated one has no records.
    /// Throws <see cref="FormatException"/> when it is damaged.
    /// </summary>
    public static DnsMessage? Parse(ReadOnlySpan<byte> response, ReadOnlySpan<byte> query)
    {
        if (response.Length < HeaderSize || !response[..2].SequenceEqual(query[..2]))
            return null;
        var message = new DnsMessage(UInt16(response, 2));
        if ((message.Flags & ResponseFlag) == 0)
            return null;
        var questions = UInt16(response, 4);
        // Servers that understand nothing of a query need not repeat its question.
        if (questions == 0 && message.Code is FormatError or NotImplemented)
            return message;
        var at = HeaderSize;
        if (questions != 1 || !IsSameQuestion(response, query, ref at))
            return null;
        if (message.IsTruncated)
            return message;
        message.ReadRecords(response, UInt16(response, 6), message.Answers, ref at);
        message.ReadRecords(response, UInt16(response, 8), message.Authority, ref at);
        message.ReadRecords(response, UInt16(response, 10), [], ref at);
        return message;
    }

    private static bool IsSameQuestion(ReadOnlySpan<byte> response, ReadOnlySpan<byte> query, ref int at)
    {
        var asked = HeaderSize;
        return string.Equals(DnsName.Read(response, ref at), DnsName.Read(query, ref asked), StringComparison.Ordinal)
            && response.Length >= at + 4
            && response.Slice(at, 4).SequenceEqual(query.Slice(asked, 4))
            && (at += 4) > 0;
    }

    private void ReadRecords(ReadOnlySpan<byte> message, int count, List<(DnsType Type, DnsRecord Record)> records, ref int at)
    {
        for (; count > 0; count--)
        {
            var name = DnsName.Read(message, ref at);
            var (type, @class) = (UInt16(message, at), UInt16(message, at + 2));
            var ttl = UInt32(message, at + 4);
            var data = at + 10;
            at = data + UInt16(message, at + 8);
            if (at > message.Length)
                throw new FormatException("A record is cut short.");
            if (type == OptionType)
                Code |= (int)(ttl >> 24) << 4;
            // A lifetime with its first bit set counts as none (RFC 2181, section 8).
            else if (@class == InternetClass && ReadRecord(message[..at], data, (DnsType)type, name, TimeSpan.FromSeconds(ttl > int.MaxValue ? 0 : ttl)) is { } record)
                records.Add(((DnsType)type, record));
        }
    }

    private static DnsRecord? ReadRecord(ReadOnlySpan<byte> message, int at, DnsType type, string name, TimeSpan ttl)
    {
        var data = message[at..];
        switch (type)
        {
            case DnsType.A when data.Length == 4:
            case DnsType.AAAA when data.Length == 16:
                return new DnsRecord.Address(name, ttl, new IPAddress(data));
            case DnsType.CNAME:
                return new DnsRecord.CanonicalName(name, ttl, DnsName.Read(message, ref at));
            case DnsType.NS:
                return new DnsRecord.NameServer(name, ttl, DnsName.Read(message, ref at));
            case DnsType.SOA:
                var (primary, mailbox) = (DnsName.Read(message, ref at), DnsName.Read(message, ref at));
                return new DnsRecord.StartOfAuthority(name, ttl, primary, mailbox, UInt32(message, at), TimeSpan.FromSeconds(UInt32(message, at + 16)));
            case DnsType.MX:
                var preference = UInt16(message, at);
                at += 2;
                return new DnsRecord.MailExchange(name, ttl, preference, DnsName.Read(message, ref at));
            case DnsType.TXT:
                return new DnsRecord.Text(name, ttl, Joined(data));
            case DnsType.CAA when data.Length >= 2 && data.Length >= 2 + data[1]:
                return new DnsRecord.CertificateAuthority(
                    name, ttl, (data[0] & 0x80) != 0, Encoding.ASCII.GetString(data.Slice(2, data[1])), Encoding.UTF8.GetString(data[(2 + data[1])..]));
            case DnsType.DS when data.Length > 4:
                return new DnsRecord.DelegationSigner(name, ttl, UInt16(data, 0), data[2], data[3], data[4..].ToArray());
            case DnsType.A or DnsType.AAAA or DnsType.CAA or DnsType.DS:
                throw new FormatException("A record has no valid data.");
            default:
                return null;
        }
    }

    private static string Joined(ReadOnlySpan<byte> data)
    {
        var joined = new byte[data.Length];
        var length = 0;
        while (!data.IsEmpty)
        {
            if (data[0] >= data.Length)
                throw new FormatException("A text is cut short.");
            data.Slice(1, data[0]).CopyTo(joined.AsSpan(length));
            length += data[0];
            data = data[(1 + data[0])..];
        }

        return Encoding.UTF8.GetString(joined, 0, length);
    }

    private static ushort UInt16(ReadOnlySpan<byte> message, int at) =>
        at + 2 <= message.Length ? BinaryPrimitives.ReadUInt16BigEndian(message[at..]) : throw new FormatException("The message is cut short.");

    private static uint UInt32(ReadOnlySpan<byte> message, int at) =>
        at + 4 <= message.Length ? BinaryPrimitives.ReadUInt32BigEndian(message[at..]) : throw new FormatException("The message is cut short.");
}
