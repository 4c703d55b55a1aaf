using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Certrelay.Certificates;

/// <summary>
/// Finds the PEM blocks in a text (RFC 7468, lax parsing): text between blocks, any line ends, indented lines and blocks that follow each other
/// without a line break are tolerated; a block that cannot be decoded comes out with its fault.
/// </summary>
internal static class PemReader
{
    private const int LongestLabel = 40;

    private static readonly SearchValues<byte> LabelBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789# "u8);

    public static IEnumerable<PemBlock> Read(ReadOnlyMemory<byte> text)
    {
        var position = 0;
        while (Next(text.Span, ref position) is { } block)
            yield return block;
    }

    private static PemBlock? Next(ReadOnlySpan<byte> text, ref int position)
    {
        var begin = text[position..].IndexOf("-----BEGIN "u8);
        if (begin < 0)
            return null;
        position += begin + "-----BEGIN ".Length;
        if (!TryReadLabel(text, ref position, out var label))
            return new PemBlock("?", "has no complete BEGIN line");

        var rest = text[position..];
        var end = rest.IndexOf("-----END "u8);
        var next = (end < 0 ? rest : rest[..end]).IndexOf("-----BEGIN "u8);
        if (end < 0 || next >= 0)
        {
            position = next < 0 ? text.Length : position + next;
            return new PemBlock(label, "has no END line");
        }
        position += end + "-----END ".Length;
        if (!TryReadLabel(text, ref position, out var closing))
            return new PemBlock(label, "has no complete END line");
        return closing == label ? Decode(label, rest[..end]) : new PemBlock(label, $"ends as {closing}");
    }

    private static bool TryReadLabel(ReadOnlySpan<byte> text, ref int position, out string label)
    {
        label = "";
        var length = text[position..].IndexOf("-----"u8);
        if (length is <= 0 or > LongestLabel || text.Slice(position, length).ContainsAnyExcept(LabelBytes))
            return false;
        var bytes = text.Slice(position, length);
        label = bytes.SequenceEqual("CERTIFICATE"u8) ? "CERTIFICATE" : Encoding.ASCII.GetString(bytes);
        position += length + "-----".Length;
        return true;
    }

    private static PemBlock Decode(string label, ReadOnlySpan<byte> body)
    {
        // RFC 1421 headers, written by OpenSSL before an encrypted key and by some tools before others; a blank line ends them.
        string? encryption = null;
        if (body.Contains((byte)':'))
        {
            var last = body.LastIndexOf((byte)':') + 1;
            var blank = BlankLine(body[last..]);
            if (blank < 0)
                return new PemBlock(label, "has headers without the blank line behind them");
            var headers = body[..(last + blank)];
            if (headers.IndexOf("Proc-Type"u8) >= 0 && headers.IndexOf("ENCRYPTED"u8) >= 0)
                encryption = HeaderValue(headers, "DEK-Info:"u8);
            body = body[headers.Length..];
        }

        var buffer = new byte[Base64.GetMaxDecodedFromUtf8Length(body.Length)];
        var status = Base64.DecodeFromUtf8(body, buffer, out _, out var written);
        var block = new PemBlock(label, buffer, written, encryption);
        if (status is OperationStatus.Done && written > 0)
            return block;
        block.Clear();
        return new PemBlock(label, FaultOf(body));
    }

    /// <summary>What stands behind the name on its line; empty where it does not occur.</summary>
    private static string HeaderValue(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> name)
    {
        var at = headers.IndexOf(name);
        if (at < 0)
            return "";
        var value = headers[(at + name.Length)..];
        var end = value.IndexOfAny((byte)'\r', (byte)'\n');
        return Encoding.Latin1.GetString(end < 0 ? value : value[..end]).Trim();
    }

    private static int BlankLine(ReadOnlySpan<byte> body)
    {
        var unix = body.IndexOf("\n\n"u8);
        return unix >= 0 ? unix : body.IndexOf("\n\r\n"u8);
    }

    private static string FaultOf(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("\\n"u8) >= 0)
            return "holds the two characters \\n where a line should end";
        return body.ContainsAnyExcept(" \t\r\n"u8) ? "is not Base64: characters are missing, changed or added" : "is empty";
    }
}
