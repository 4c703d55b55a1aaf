using Certrelay.Outgoing;

namespace Certrelay.App.Cli.Probe;

/// <summary>The endpoints of a command line, of files and of standard input, in that order; every line that is none is a fault.</summary>
internal sealed record ProbeInput(IReadOnlyList<Endpoint> Endpoints, IReadOnlyList<string> Faults)
{
    private const int MostFaults = 20;

    /// <summary>An argument <c>-</c> stands for standard input. In files blank lines and what follows a <c>#</c> are passed over.</summary>
    public static ProbeInput Read(IEnumerable<string> arguments, string? file, string? name, StartTls? startTls, TextReader standardInput)
    {
        var endpoints = new List<Endpoint>();
        var faults = new List<string>();
        name = name is null ? null : EndpointText.ReadName(name);
        foreach (var argument in arguments)
        {
            if (argument == "-")
                Take(Lines(standardInput), "standard input");
            else
                Take([(argument, 0)], source: null);
        }

        if (file is not null)
        {
            try
            {
                using var reader = new StreamReader(file);
                Take(Lines(reader), file);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                faults.Add(fault.Message);
            }
        }

        return new ProbeInput(endpoints, faults.Count <= MostFaults ? faults : [.. faults.Take(MostFaults), $"and {faults.Count - MostFaults} more"]);

        void Take(IEnumerable<(string Text, int Line)> entries, string? source)
        {
            foreach (var (text, line) in entries)
            {
                if (EndpointText.Read(text, out var fault) is { } endpoint)
                    endpoints.Add(endpoint with { ServerName = name, StartTls = endpoint.StartTls ?? startTls });
                else
                    faults.Add(source is null ? $"'{text}' {fault}" : $"{source}, line {line}: '{text}' {fault}");
            }
        }
    }

    private static IEnumerable<(string Text, int Line)> Lines(TextReader reader)
    {
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var text = (line.IndexOf('#', StringComparison.Ordinal) is var comment and >= 0 ? line[..comment] : line).Trim();
            if (text.Length > 0)
                yield return (text, number);
        }
    }
}
