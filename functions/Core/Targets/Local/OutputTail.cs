using System.Text;

namespace Certrelay.Targets.Local;

/// <summary>The last bytes that a command wrote to both of its outputs, in the order they came in; the end is where a program says why it failed.</summary>
internal sealed class OutputTail
{
    /// <summary>What a journal entry takes.</summary>
    public const int Size = 4096;

    private readonly Lock _lock = new();
    private readonly byte[] _ring = new byte[Size];
    private long _written;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            foreach (var value in bytes)
                _ring[_written++ % Size] = value;
        }
    }

    /// <summary>The text, without control characters other than line ends, so that it can be shown anywhere.</summary>
    public override string ToString()
    {
        byte[] bytes;
        lock (_lock)
        {
            var start = (int)(_written % Size);
            bytes = _written <= Size ? _ring[..(int)_written] : [.. _ring[start..], .. _ring[..start]];
        }

        var text = new StringBuilder(bytes.Length);
        foreach (var rune in Encoding.UTF8.GetString(bytes).EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t' || !Rune.IsControl(rune))
                text.Append(rune.ToString());
        }

        return text.ToString().Trim();
    }
}
