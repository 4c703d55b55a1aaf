using System.Text;

namespace Certrelay.App.Http;

/// <summary>Reads comma-separated values (RFC 4180) with a header; a byte order mark, empty lines and either line end are tolerated.</summary>
internal static class CsvTable
{
    /// <summary>The rows, each with the number of the line on which it begins; the first one is the header. Null where a quote has no end.</summary>
    public static List<(int Line, IReadOnlyList<string> Cells)>? Read(string text)
    {
        var rows = new List<(int Line, IReadOnlyList<string> Cells)>();
        var (cells, cell, quoted, line, begun) = (new List<string>(), new StringBuilder(), false, 1, 1);
        var rest = text.TrimStart('\uFEFF').ReplaceLineEndings("\n") + "\n";
        for (var i = 0; i < rest.Length; i++)
        {
            var c = rest[i];
            if (c == '\n')
                line++;
            if (quoted && c == '"' && i + 1 < rest.Length && rest[i + 1] == '"')
                cell.Append(rest[++i]);
            else if (c == '"' && (quoted || cell.Length == 0))
                quoted = !quoted;
            else if (quoted || c is not (',' or '\n'))
                cell.Append(c);
            else
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
                if (c != '\n')
                    continue;
                if (cells.Exists(static one => one.Length > 0))
                    rows.Add((begun, cells));
                (cells, begun) = ([], line);
            }
        }

        return quoted ? null : rows;
    }
}
