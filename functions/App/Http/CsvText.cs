using System.Buffers;

namespace Certrelay.App.Http;

/// <summary>Rows of comma-separated values (RFC 4180) that a spreadsheet shows and does not run.</summary>
public static class CsvText
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    // What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection").
    private static readonly SearchValues<char> Formula = SearchValues.Create("=+-@\t\r\n");

    /// <summary>One row with its line end.</summary>
    public static string Row(params IEnumerable<string?> cells) => string.Join(',', cells.Select(static cell => Cell(cell ?? ""))) + "\r\n";

    private static string Cell(string text)
    {
        var cell = text.Length > 0 && Formula.Contains(text[0]) ? $"'{text}" : text;
        return cell.AsSpan().ContainsAny(Quoted) ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
    }
}
