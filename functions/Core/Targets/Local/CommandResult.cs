namespace Certrelay.Targets.Local;

/// <summary>How a command ended.</summary>
public enum CommandOutcome
{
    /// <summary>Exit code 0.</summary>
    Succeeded,

    /// <summary>Another exit code.</summary>
    Failed,

    /// <summary>Killed after its time.</summary>
    TimedOut,

    /// <summary>There is no such command in the settings, no such program, or it cannot be started.</summary>
    Missing,
}

/// <summary>How a command ended, and the last 4 KB of what it wrote, for the journal.</summary>
public sealed record CommandResult(string Command, CommandOutcome Outcome, int ExitCode, string Output)
{
    public bool Succeeded => Outcome == CommandOutcome.Succeeded;

    /// <summary>One sentence and the command's own words.</summary>
    public string Message => Outcome switch
    {
        CommandOutcome.Succeeded => $"{Command} succeeded.",
        CommandOutcome.Failed => $"{Command} ended with exit code {ExitCode}{Words}",
        CommandOutcome.TimedOut => $"{Command} did not end in time and was killed{Words}",
        _ => $"{Command} cannot be started{Words}",
    };

    private string Words => Output.Length == 0 ? "." : $": {Output}";
}
