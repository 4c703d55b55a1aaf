using System.Buffers;
using System.Text;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Kubernetes;

/// <summary>
/// The part of YAML 1.2 that kubeconfigs are written in: block maps and lists, plain and quoted scalars on one line. All else (anchors, tags, flow collections, block
/// scalars, escapes) is refused by its line. A library would make strings of the keys in it, which nothing could zero.
/// </summary>
internal sealed class KubeconfigText
{
    private const int Largest = 256 * 1024;
    private const int Deepest = 8;

    private static readonly SearchValues<byte> KeyBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    private readonly ReadOnlyMemory<byte> _text;
    private readonly List<Line> _lines = [];
    private int _next;

    private KubeconfigText(ReadOnlyMemory<byte> text) => _text = text;

    /// <summary>Reads a text, whose bytes the nodes refer to; throws <see cref="Permanent"/> (<c>cloud.answer</c>), which quotes nothing of it.</summary>
    public static KubeNode Read(ReadOnlyMemory<byte> text)
    {
        if (text.Length > Largest)
            throw CloudAnswer.Unreadable("the kubeconfig's size");
        var reader = new KubeconfigText(text);
        reader.Split();
        if (reader._lines.Count == 0)
            return KubeNode.Empty;
        var root = reader.Node(reader._lines[0].Indent, 0);
        return reader._next == reader._lines.Count ? root : throw Odd(reader._lines[reader._next], "its indentation");
    }

    private void Split()
    {
        var number = 0;
        var rest = _text;
        while (rest.Length > 0)
        {
            number++;
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            var indent = line.Span.IndexOfAnyExcept((byte)' ');
            if (indent < 0)
                continue;
            var content = TrimEnd(line[indent..]);
            if (content.Length == 0 || content.Span[0] == '#' || (number == 1 && content.Span.SequenceEqual("---"u8)))
                continue;
            if (content.Span[0] == '\t')
                throw Odd(new Line(number, 0, default), "a tab");
            _lines.Add(new Line(number, indent, content));
        }
    }

    private KubeNode Node(int indent, int depth)
    {
        var line = _lines[_next];
        if (depth > Deepest)
            throw Odd(line, "its depth");
        return IsItem(line) ? List(indent, depth) : Map(indent, depth);
    }

    private KubeNode List(int indent, int depth)
    {
        var items = new List<KubeNode>();
        while (_next < _lines.Count && _lines[_next] is var line && line.Indent == indent && IsItem(line))
        {
            var content = line.Content[1..];
            var space = content.Span.IndexOfAnyExcept((byte)' ');
            if (space < 0)
                throw Odd(line, "an empty item");
            // What follows the dash is the first line of the item, as if it stood alone.
            var first = new Line(line.Number, indent + 1 + space, content[space..]);
            if (KeyEnd(first.Content.Span) < 0)
            {
                _next++;
                items.Add(Scalar(first, first.Content));
                continue;
            }

            _lines[_next] = first;
            items.Add(Node(first.Indent, depth + 1));
        }

        return new KubeNode(items);
    }

    private KubeNode Map(int indent, int depth)
    {
        var members = new Dictionary<string, KubeNode>(StringComparer.Ordinal);
        while (_next < _lines.Count && _lines[_next] is var line && line.Indent == indent && !IsItem(line))
        {
            var end = KeyEnd(line.Content.Span);
            if (end < 0)
                throw Odd(line, "no key");
            var name = Encoding.ASCII.GetString(line.Content.Span[..end]);
            var value = line.Content[(end + 1)..];
            var start = value.Span.IndexOfAnyExcept((byte)' ');
            _next++;
            var node = start >= 0 && value.Span[start] != '#' ? Scalar(line, value[start..]) : Below(indent, depth);
            if (!members.TryAdd(name, node))
                throw Odd(line, "a key that is there twice");
        }

        if (_next < _lines.Count && _lines[_next].Indent > indent)
            throw Odd(_lines[_next], "its indentation");
        return new KubeNode(members);
    }

    // A list may stand in the column of its key.
    private KubeNode Below(int indent, int depth) =>
        _next < _lines.Count && (_lines[_next].Indent > indent || (_lines[_next].Indent == indent && IsItem(_lines[_next]))) ? Node(_lines[_next].Indent, depth + 1) : KubeNode.Empty;

    private static KubeNode Scalar(Line line, ReadOnlyMemory<byte> value)
    {
        var span = value.Span;
        if (span.SequenceEqual("{}"u8) || span.SequenceEqual("[]"u8) || span.SequenceEqual("null"u8))
            return KubeNode.Empty;
        if (span[0] is (byte)'"' or (byte)'\'')
        {
            var end = span[1..].IndexOf(span[0]);
            if (end < 0 || span[1..(end + 1)].Contains((byte)'\\') || (span.Length > end + 2 && !IsComment(span[(end + 2)..])))
                throw Odd(line, "its quotes");
            return new KubeNode(value.Slice(1, end));
        }

        if ("&*!|>%@`{[,?:-"u8.Contains(span[0]) && (span[0] != '-' || span.Length == 1))
            throw Odd(line, "an anchor, tag, block or flow collection");
        var comment = span.IndexOf(" #"u8);
        if (span.IndexOf(": "u8) is var colon and >= 0 && (comment < 0 || colon < comment))
            throw Odd(line, "a colon");
        return new KubeNode(comment < 0 ? value : TrimEnd(value[..comment]));
    }

    private static bool IsComment(ReadOnlySpan<byte> rest) => rest.TrimStart((byte)' ') is var trimmed && trimmed.Length < rest.Length && trimmed[0] == '#';

    private static bool IsItem(Line line) => line.Content.Span[0] == '-' && (line.Content.Length == 1 || line.Content.Span[1] == ' ');

    private static int KeyEnd(ReadOnlySpan<byte> content)
    {
        var end = content.IndexOfAnyExcept(KeyBytes);
        return end > 0 && content[end] == ':' && (end + 1 == content.Length || content[end + 1] == ' ') ? end : -1;
    }

    private static ReadOnlyMemory<byte> TrimEnd(ReadOnlyMemory<byte> line) => line[..(line.Span.LastIndexOfAnyExcept((byte)' ', (byte)'\r') + 1)];

    private static Permanent Odd(Line line, string what) => CloudAnswer.Unreadable($"line {line.Number} of the kubeconfig: {what}");

    private readonly record struct Line(int Number, int Indent, ReadOnlyMemory<byte> Content);
}

/// <summary>A map, a list or a scalar of a kubeconfig; it cannot print itself.</summary>
internal sealed class KubeNode
{
    private readonly IReadOnlyDictionary<string, KubeNode> _members = new Dictionary<string, KubeNode>(StringComparer.Ordinal);

    public KubeNode(IReadOnlyDictionary<string, KubeNode> members) => _members = members;

    public KubeNode(IReadOnlyList<KubeNode> items) => Items = items;

    public KubeNode(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    public static KubeNode Empty { get; } = new(ReadOnlyMemory<byte>.Empty);

    public IReadOnlyList<KubeNode> Items { get; } = [];

    /// <summary>The scalar as it stands in the text.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    public IEnumerable<string> Names => _members.Keys;

    /// <summary>The scalar as a text, for what is no secret.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>A member of a map; an empty node where there is none.</summary>
    public KubeNode this[string name] => _members.GetValueOrDefault(name) ?? Empty;

    /// <summary>The item of a list of named things: <c>clusters</c>, <c>users</c>, <c>contexts</c>; an empty node where there is none.</summary>
    public KubeNode Named(string name) => Items.FirstOrDefault(item => item["name"].Text == name) ?? Empty;
}
