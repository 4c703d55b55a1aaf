using System.Buffers;

namespace Certrelay.Records;

/// <summary>
/// The address of a record. Each part is ASCII in ordinal order, 1 to 512 characters, without <c>/ \ # ?</c> and control characters:
/// what Azure Tables takes (Microsoft Learn, "Understanding the Table service data model"). Throws <see cref="ArgumentException"/> for anything else.
/// </summary>
public readonly record struct RecordKey
{
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x5f).Select(static c => (char)c).Except("/\\#?")]);

    public RecordKey(string table, string partition, string row)
    {
        Table = Checked(table, nameof(table));
        Partition = Checked(partition, nameof(partition));
        Row = Checked(row, nameof(row));
    }

    public string Table { get; }

    public string Partition { get; }

    public string Row { get; }

    public override string ToString() => $"{Table}/{Partition}/{Row}";

    internal static string Checked(string part, string name) =>
        part.Length is > 0 and <= 512 && !part.AsSpan().ContainsAnyExcept(Allowed)
            ? part
            : throw new ArgumentException($"'{part}' cannot be part of a record key.", name);
}
