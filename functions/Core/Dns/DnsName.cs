using System.Buffers;
using System.Globalization;
using System.Text;

namespace Certrelay.Dns;

/// <summary>Domain names on the wire (RFC 1035, section 3.1) and in writing: lower case, no last dot, odd bytes as <c>\DDD</c> (section 5.1).</summary>
public static class DnsName
{
    private const int LongestLabel = 63;
    private const int Longest = 255;
    private const byte PointerBits = 0xC0;

    private static readonly SearchValues<byte> Plain = SearchValues.Create("-0123456789abcdefghijklmnopqrstuvwxyz_*/"u8);

    /// <summary>True when the text can be a domain name, be it absolute (with its last dot) or not; the root is one.</summary>
    public static bool IsValid(string name) => ToWire(name) is not null;

    /// <summary>The name on the wire, uncompressed; null when it cannot be one.</summary>
    internal static byte[]? ToWire(string name)
    {
        var wire = new List<byte>(name.Length + 2);
        var rest = name.EndsWith('.') && !name.EndsWith("\\.", StringComparison.Ordinal) ? name.AsSpan(0, name.Length - 1) : name;
        var label = new List<byte>(LongestLabel);
        while (!rest.IsEmpty)
        {
            label.Clear();
            while (!rest.IsEmpty && rest[0] != '.')
            {
                if (!TakeByte(ref rest, label))
                    return null;
            }

            if (label.Count is 0 or > LongestLabel || rest is ".")
                return null;
            wire.Add((byte)label.Count);
            wire.AddRange(label);
            rest = rest.IsEmpty ? rest : rest[1..];
        }

        wire.Add(0);
        return wire.Count <= Longest ? [.. wire] : null;
    }

    /// <summary>The name as this class writes names, the root as nothing; what cannot be a name stays as it is.</summary>
    public static string Normal(string name)
    {
        var at = 0;
        return ToWire(name) is { } wire ? Read(wire, ref at) : name;
    }

    /// <summary>Reads the name at <paramref name="at"/> in a message, which moves behind it. Throws <see cref="FormatException"/>.</summary>
    internal static string Read(ReadOnlySpan<byte> message, ref int at)
    {
        var written = new StringBuilder();
        var (position, end, length, lowest) = (at, -1, 1, at);
        while (true)
        {
            var size = ByteAt(message, position);
            if ((size & PointerBits) == PointerBits)
            {
                var target = ((size & ~PointerBits) << 8) | ByteAt(message, position + 1);
                if (end < 0)
                    end = position + 2;
                // Each pointer leads further back, so that no chain of them can go on for ever.
                if (target >= lowest)
                    throw new FormatException("A name points forward.");
                position = lowest = target;
                continue;
            }

            if ((size & PointerBits) != 0)
                throw new FormatException("A label has an unknown type.");
            position++;
            if (size == 0)
                break;
            length += size + 1;
            if (length > Longest || position + size > message.Length)
                throw new FormatException("A name is too long.");
            if (written.Length > 0)
                written.Append('.');
            Append(written, message.Slice(position, size));
            position += size;
        }

        at = end < 0 ? position : end;
        return written.ToString();
    }

    private static byte ByteAt(ReadOnlySpan<byte> message, int at) => at < message.Length ? message[at] : throw new FormatException("A name is cut short.");

    private static void Append(StringBuilder written, ReadOnlySpan<byte> label)
    {
        foreach (var one in label)
        {
            var lower = one is >= (byte)'A' and <= (byte)'Z' ? (byte)(one | 0x20) : one;
            if (Plain.Contains(lower))
                written.Append((char)lower);
            else if (one is > 0x20 and < 0x7F)
                written.Append('\\').Append((char)one);
            else
                written.Append(CultureInfo.InvariantCulture, $"\\{one:000}");
        }
    }

    private static bool TakeByte(ref ReadOnlySpan<char> rest, List<byte> label)
    {
        if (rest[0] != '\\')
        {
            if (!char.IsAscii(rest[0]) || char.IsControl(rest[0]) || rest[0] == ' ')
                return false;
            label.Add((byte)rest[0]);
            rest = rest[1..];
            return true;
        }

        if (rest.Length >= 4 && byte.TryParse(rest.Slice(1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var odd))
        {
            label.Add(odd);
            rest = rest[4..];
            return true;
        }

        if (rest.Length < 2 || !char.IsAscii(rest[1]) || char.IsAsciiDigit(rest[1]))
            return false;
        label.Add((byte)rest[1]);
        rest = rest[2..];
        return true;
    }
}
