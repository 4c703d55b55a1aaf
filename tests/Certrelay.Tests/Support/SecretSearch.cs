using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Certrelay.Tests.Support;

/// <summary>
/// Looks for secret numbers in bytes of any kind: every slice of twelve bytes, raw, reversed, as hex in both cases, as Base64 at each of the three offsets in both
/// alphabets, and the texts also as UTF-16 of either order; texts with line breaks and escapes too. What is found is named, never shown.
/// </summary>
internal sealed class SecretSearch
{
    private const int Slice = 12;
    private const int Chunk = 1 << 20;

    // What PEM, JSON and URLs put between or in the place of characters.
    private static readonly (string Written, string Meant)[] Escapes =
    [
        ("\\r", ""), ("\\n", ""), ("\r\0", ""), ("\n\0", ""), ("\r", ""), ("\n", ""), ("\\u002B", "+"), ("\\/", "/"), ("%2B", "+"), ("%2F", "/"),
    ];

    private readonly Dictionary<string, string> _needles = new(StringComparer.Ordinal);
    private readonly SearchValues<string> _values;
    private readonly int _longest;

    public SecretSearch(IEnumerable<(string Name, byte[] Value)> secrets)
    {
        foreach (var (name, value) in secrets)
        {
            for (var start = 0; start + Slice <= value.Length; start += Slice)
            {
                foreach (var (form, needle) in Forms(value.AsSpan(start, Slice).ToArray()))
                    _needles.TryAdd(needle, $"{name} from byte {start}, {form}");
            }
        }

        _longest = _needles.Keys.Max(static needle => needle.Length);
        _values = SearchValues.Create([.. _needles.Keys], StringComparison.Ordinal);
    }

    /// <summary>What of the secrets the bytes hold: its name and form; null when there is nothing.</summary>
    public string? In(ReadOnlySpan<byte> bytes)
    {
        // Each byte as the character of its value, so that one search serves bytes and texts.
        var text = Encoding.Latin1.GetString(bytes);
        return In(text) ?? In(Escapes.Aggregate(text, static (plain, escape) => plain.Replace(escape.Written, escape.Meant, StringComparison.Ordinal)));
    }

    /// <summary>The first find of each file below a folder, with the file's name; folders of the named kind are passed over.</summary>
    public IReadOnlyList<string> InFolder(string folder, params IReadOnlyList<string> except) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => !except.Any(name => Path.GetRelativePath(folder, file).StartsWith($"{name}{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
            .Select(file => (file, found: InFile(file)))
            .Where(static one => one.found is not null)
            .Select(one => $"{Path.GetRelativePath(folder, one.file)}: {one.found}"),
    ];

    /// <summary>The first find in a file, which others may be writing to.</summary>
    public string? InFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[Chunk];
        var kept = 0;
        while (file.ReadAtLeast(buffer.AsSpan(kept), 1, throwOnEndOfStream: false) is var read and > 0)
        {
            var filled = buffer.AsSpan(0, kept + read);
            if (In(filled) is { } found)
                return found;
            // A slice may lie across the edge of two chunks.
            kept = Math.Min(_longest * 2, filled.Length);
            filled[^kept..].CopyTo(buffer);
        }

        return null;
    }

    private string? In(string text)
    {
        var at = text.AsSpan().IndexOfAny(_values);
        return at < 0 ? null : _needles.First(needle => text.AsSpan(at).StartsWith(needle.Key, StringComparison.Ordinal)).Value;
    }

    private static IEnumerable<(string Form, string Needle)> Forms(byte[] slice)
    {
        yield return ("raw", Encoding.Latin1.GetString(slice));
        yield return ("reversed", Encoding.Latin1.GetString([.. slice.Reverse()]));
        foreach (var (form, text) in Texts(slice))
        {
            yield return (form, text);
            // Without the last zero it is found in both orders of bytes.
            yield return ($"{form} in UTF-16", Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(text)[..^1]));
        }
    }

    private static IEnumerable<(string Form, string Text)> Texts(byte[] slice)
    {
        yield return ("upper-case hex", Convert.ToHexString(slice));
        yield return ("lower-case hex", Convert.ToHexStringLower(slice));
        for (var offset = 0; offset < 3; offset++)
        {
            byte[] shifted = [.. new byte[offset], .. slice, .. new byte[2]];
            // Only the characters that the slice alone decides.
            var (from, to) = (((offset * 8) + 5) / 6, (offset + slice.Length) * 8 / 6);
            yield return ($"Base64 at offset {offset}", Convert.ToBase64String(shifted)[from..to]);
            yield return ($"Base64url at offset {offset}", Base64Url.EncodeToString(shifted)[from..to]);
        }
    }
}
