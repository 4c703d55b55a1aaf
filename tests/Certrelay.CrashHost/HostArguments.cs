namespace Certrelay.CrashHost;

/// <summary>The command line: a folder, then <c>--twice</c>, <c>--trace</c>, <c>--upload &lt;name&gt;</c> and any number of <c>--kill &lt;subject&gt; &lt;before|after&gt; &lt;boundary&gt;</c>.</summary>
internal sealed record HostArguments(string Folder)
{
    /// <summary>Every message is sent twice.</summary>
    public bool Twice { get; init; }

    /// <summary>Everything that is logged goes to <see cref="LogFile"/>.</summary>
    public bool Trace { get; init; }

    /// <summary>Instead of running the functions, stores the PEM from the standard input under this name.</summary>
    public string? Upload { get; init; }

    public IReadOnlyList<KillPoint> Kills { get; init; } = [];

    public string LogFile => Path.Combine(Folder, "crash-host.log");

    public static HostArguments Parse(params ReadOnlySpan<string> arguments) => Parse(new HostArguments(arguments[0]), arguments[1..]);

    /// <summary>The same arguments as a command line.</summary>
    public IReadOnlyList<string> ToArguments() =>
    [
        Folder,
        .. Twice ? ["--twice"] : Array.Empty<string>(),
        .. Trace ? ["--trace"] : Array.Empty<string>(),
        .. Upload is { } name ? ["--upload", name] : Array.Empty<string>(),
        .. Kills.SelectMany(static kill => new[] { "--kill", kill.Subject, kill.Side.ToString(), kill.Boundary }),
    ];

    private static HostArguments Parse(HostArguments parsed, ReadOnlySpan<string> arguments) => arguments switch
    {
        [] => parsed,
        ["--twice", .. var rest] => Parse(parsed with { Twice = true }, rest),
        ["--trace", .. var rest] => Parse(parsed with { Trace = true }, rest),
        ["--upload", var name, .. var rest] => Parse(parsed with { Upload = name }, rest),
        ["--kill", var subject, var side, var boundary, .. var rest] => Parse(parsed with { Kills = [.. parsed.Kills, new KillPoint(subject, Enum.Parse<KillSide>(side), boundary)] }, rest),
        _ => throw new ArgumentException($"There is no argument {arguments[0]}.", nameof(arguments)),
    };
}
