namespace Certrelay.RealParts.Support;

/// <summary>Finds installed programs, also in the folders that an ordinary user's PATH leaves out: the system's, and where Debian puts Tomcat's scripts.</summary>
public static class Installed
{
    private static readonly string[] SystemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/share/tomcat10/bin"];

    /// <summary>The absolute path of a program; throws when it is not installed.</summary>
    public static string PathOf(string program) =>
        Find(program) ?? throw new FileNotFoundException($"{program} is not installed; see the list of real parts in the README.");

    /// <summary>Why a test with these programs is skipped; null when it shall run.</summary>
    internal static string? WhyNot(IEnumerable<string> programs) => WhyNot(programs, Environment.GetEnvironmentVariable("CI") == "true");

    internal static string? WhyNot(IEnumerable<string> programs, bool mustRun)
    {
        if (mustRun)
            return null;
        var missing = programs.Where(static program => Find(program) is null).ToList();
        return missing.Count == 0 ? null : $"not installed: {string.Join(", ", missing)}";
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(SystemFolders)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
