using System.Buffers.Text;
using System.IO.Compression;

namespace Certrelay.Fuzz;

/// <summary>Damages files: bytes, lengths, order, and what lies inside PEM blocks and archives.</summary>
internal static class Mutation
{
    private static readonly byte[] Telling = [0x00, 0x01, 0x02, 0x03, 0x04, 0x06, 0x0A, 0x30, 0x31, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xA0, 0xA1, 0xFF, (byte)'-', (byte)'\n', (byte)':'];

    public static FuzzInput Of(IReadOnlyList<byte[]> corpus, Dice dice)
    {
        var files = new List<byte[]>();
        do
            files.Add(Damage(corpus[dice.Below(corpus.Count)], corpus, dice));
        while (files.Count < 4 && dice.OneIn(4));
        return new FuzzInput(files, dice.Below(4) switch { 0 => null, 1 => "wrong", _ => Corpus.Passphrase });
    }

    private static byte[] Damage(byte[] file, IReadOnlyList<byte[]> corpus, Dice dice) => dice.Below(4) switch
    {
        0 when InsideText(file, dice) is { } inside => inside,
        1 when InsideArchive(file, dice) is { } inside => inside,
        2 => Splice(file, corpus[dice.Below(corpus.Count)], dice),
        _ => Bytes(file, dice),
    };

    private static byte[] Bytes(byte[] file, Dice dice)
    {
        var bytes = file.ToList();
        for (var times = 1 + dice.Below(4); times > 0 && bytes.Count > 0; times--)
        {
            var at = dice.Below(bytes.Count);
            switch (dice.Below(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << dice.Below(8));
                    break;
                case 1 or 2:
                    bytes[at] = Telling[dice.Below(Telling.Length)];
                    break;
                case 3:
                    bytes[at] += (byte)(dice.OneIn(2) ? 1 : 255);
                    break;
                case 4:
                    bytes.RemoveRange(at, Math.Min(1 + dice.Below(40), bytes.Count - at));
                    break;
                case 5:
                    bytes.InsertRange(at, Enumerable.Repeat(Telling[dice.Below(Telling.Length)], 1 + dice.Below(40)));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(dice.Below(bytes.Count), 1).Concat(bytes.Take(dice.Below(200))).ToList());
                    break;
            }
        }

        return dice.OneIn(10) ? [.. bytes.Take(dice.Below(bytes.Count + 1))] : [.. bytes];
    }

    private static byte[] Splice(byte[] one, byte[] other, Dice dice) => [.. one.Take(dice.Below(one.Length + 1)), .. other.Skip(dice.Below(other.Length + 1))];

    /// <summary>Damages the bytes of one PEM block and writes its Base64 anew; null where there is none.</summary>
    private static byte[]? InsideText(byte[] file, Dice dice)
    {
        var begins = new List<int>();
        for (var at = file.AsSpan().IndexOf("-----BEGIN "u8); at >= 0;)
        {
            begins.Add(at);
            var next = file.AsSpan(at + 1).IndexOf("-----BEGIN "u8);
            at = next < 0 ? -1 : at + 1 + next;
        }

        if (begins.Count is 0)
            return null;
        var begin = begins[dice.Below(begins.Count)];
        var from = begin + file.AsSpan(begin).IndexOf((byte)'\n') + 1;
        var length = file.AsSpan(from).IndexOf("-----END"u8);
        if (from <= begin || length < 0 || file.AsSpan(from, length).Contains((byte)':'))
            return null;
        var der = new byte[length];
        Base64.DecodeFromUtf8(file.AsSpan(from, length), der, out _, out var decoded);
        var damaged = Bytes(der[..decoded], dice);
        var text = new byte[Base64.GetMaxEncodedToUtf8Length(damaged.Length)];
        Base64.EncodeToUtf8(damaged, text, out _, out _);
        return [.. file[..from], .. text, (byte)'\n', .. file[(from + length)..]];
    }

    /// <summary>Damages what one entry holds and packs it anew; null where the file is no archive.</summary>
    private static byte[]? InsideArchive(byte[] file, Dice dice)
    {
        if (!file.AsSpan().StartsWith("PK"u8))
            return null;
        using var packed = new ZipArchive(new MemoryStream(file));
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in packed.Entries)
            {
                using var content = new MemoryStream();
                using (var opened = entry.Open())
                    opened.CopyTo(content);
                using var made = zip.CreateEntry(entry.FullName).Open();
                made.Write(dice.OneIn(2) ? Bytes(content.ToArray(), dice) : content.ToArray());
            }
        }

        return stream.ToArray();
    }
}
