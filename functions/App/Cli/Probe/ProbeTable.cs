using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Watch.Probing;

namespace Certrelay.App.Cli.Probe;

/// <summary>Reports as a table for people: a line for each address, and under it each finding with its sentence.</summary>
internal sealed class ProbeTable(IReadOnlyList<EndpointReport> reports)
{
    private const int WidestCell = 48;

    private static readonly string[] Head = ["ENDPOINT", "ADDRESS", "LEAF", "NAME", "DAYS", "KEY", "TLS", "ALPN", "CHAIN", "FAULTS"];

    /// <summary>Writes all of it, with a count at the end.</summary>
    public async Task WriteAsync(TextWriter output)
    {
        var rows = reports.SelectMany(Rows).ToList();
        var widths = Head.Select((title, column) => Math.Min(WidestCell, rows.Select(row => row.Cells[column].Length).Append(title.Length).Max())).ToArray();
        await output.WriteLineAsync(Line(Head, widths));
        foreach (var row in rows)
        {
            await output.WriteLineAsync(Line(row.Cells, widths));
            foreach (var finding in row.Findings)
                await output.WriteLineAsync($"    {Word(finding.Severity)} {finding.Code}: {finding.Message}");
        }

        await output.WriteLineAsync($"{reports.Count} endpoints, {reports.Count(static report => report.Good)} good, {reports.Count(static report => !report.Good)} with faults");
    }

    private static IEnumerable<(string[] Cells, IReadOnlyList<Finding> Findings)> Rows(EndpointReport report)
    {
        var endpoint = report.StartTls is StartTls.None ? report.Endpoint : $"{report.StartTls.ToString().ToLowerInvariant()}://{report.Endpoint}";
        // What concerns the endpoint as a whole stands with its first line.
        if (report.Addresses.Count == 0)
            yield return ([endpoint, "-", "-", "-", "-", "-", "-", "-", "-", Faults(report.Findings)], report.Findings);
        for (var i = 0; i < report.Addresses.Count; i++)
        {
            var address = report.Addresses[i];
            IReadOnlyList<Finding> findings = i == 0 ? [.. report.Findings, .. address.Findings] : address.Findings;
            yield return (
            [
                endpoint,
                address.Address,
                address.Leaf?.Fingerprint.Prefix ?? "-",
                address.Leaf is { } leaf ? leaf.Covers ? "ok" : "mismatch" : "-",
                address.Leaf?.DaysLeft.ToString() ?? "-",
                address.Leaf?.Key ?? "-",
                address.Versions is { Count: > 0 } versions ? string.Join(' ', versions) : address.Version ?? "-",
                address.ApplicationProtocol ?? "-",
                address.Chain?.State ?? "-",
                Faults(findings),
            ], findings);
        }
    }

    private static string Faults(IReadOnlyList<Finding> findings)
    {
        var faults = findings.Where(static finding => finding.Severity is not Severity.Info).Select(static finding => finding.Code).Distinct().ToList();
        return faults.Count == 0 ? "none" : string.Join(' ', faults);
    }

    private static string Line(string[] cells, int[] widths) =>
        string.Join("  ", cells.Select((cell, column) => column == cells.Length - 1 ? cell : cell.PadRight(widths[column]))).TrimEnd();

    private static string Word(Severity severity) => severity switch
    {
        Severity.Error => "error  ",
        Severity.Warning => "warning",
        _ => "info   ",
    };
}
