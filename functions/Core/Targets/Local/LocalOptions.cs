using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Certrelay.Targets.Local;

/// <summary>The folders and commands of this host that targets may use, by name (section <c>Local</c> of the settings). Whoever may edit a target cannot add one.</summary>
public sealed record LocalOptions : IValidatableObject
{
    [Description("Absolute folders under which targets may write, by name.")]
    public IReadOnlyDictionary<string, string> Roots { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    [Description("Commands that targets may have run, by name.")]
    public IReadOnlyDictionary<string, LocalCommand> Commands { get; init; } = new Dictionary<string, LocalCommand>(StringComparer.Ordinal);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, folder) in Roots)
        {
            if (!ResourceName.IsValid(name))
                yield return new ValidationResult("The name of a root is 1 to 63 of a-z, 0-9 and single hyphens.", [$"{nameof(Roots)}:{name}"]);
            if (!Path.IsPathFullyQualified(folder))
                yield return new ValidationResult("A root is an absolute folder.", [$"{nameof(Roots)}:{name}"]);
        }

        foreach (var (name, command) in Commands)
        {
            if (!ResourceName.IsValid(name))
                yield return new ValidationResult("The name of a command is 1 to 63 of a-z, 0-9 and single hyphens.", [$"{nameof(Commands)}:{name}"]);
            foreach (var (member, message) in command.Faults())
                yield return new ValidationResult(message, [$"{nameof(Commands)}:{name}:{member}"]);
        }
    }
}

/// <summary>One command: program and arguments as they are, without a shell.</summary>
public sealed record LocalCommand
{
    [Description("The program, absolute or found on PATH, and its arguments; no shell reads them.")]
    public IReadOnlyList<string> Argv { get; init; } = [];

    [Description("After so many seconds the command and all that it started are killed.")]
    public int TimeoutSeconds { get; init; } = 30;

    [Description("The folder that the command runs in; the root folder when absent.")]
    public string? WorkingDirectory { get; init; }

    internal IEnumerable<(string Member, string Message)> Faults()
    {
        if (Argv.Count == 0 || Argv[0].Length == 0)
            yield return (nameof(Argv), "A command needs a program.");
        // A relative path would depend on the folder that the host was started in.
        else if (Argv[0].Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) && !Path.IsPathFullyQualified(Argv[0]))
            yield return (nameof(Argv), "The program is an absolute path or a bare name that is found on PATH.");
        if (TimeoutSeconds is < 1 or > 600)
            yield return (nameof(TimeoutSeconds), "A time-out lies between 1 and 600 seconds.");
        if (WorkingDirectory is not null && !Path.IsPathFullyQualified(WorkingDirectory))
            yield return (nameof(WorkingDirectory), "A working directory is absolute.");
    }
}
