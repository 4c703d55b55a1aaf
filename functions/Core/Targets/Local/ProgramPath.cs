namespace Certrelay.Targets.Local;

/// <summary>Finds the program of a command. The framework would look beside the host and in the current folder before PATH, where others may write.</summary>
internal static class ProgramPath
{
    /// <summary>The absolute path; null when there is none.</summary>
    public static string? Of(string program)
    {
        if (Path.IsPathFullyQualified(program))
            return IsProgram(program) ? program : null;
        if (program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
            return null;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(Path.IsPathFullyQualified)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(IsProgram);
    }

    private static bool IsProgram(string path)
    {
        const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != UnixFileMode.None);
    }
}
