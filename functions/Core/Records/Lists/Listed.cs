namespace Certrelay.Records.Lists;

/// <summary>
/// One row that a list has looked at: where to go on behind it, and what it shows. <paramref name="Item"/> is null for a row that the filter leaves out, so that
/// whoever makes pages can bound what a page reads.
/// </summary>
public readonly record struct Listed<T>(string Cursor, T? Item)
    where T : class;
