namespace Certrelay.App.Cli.Demo;

/// <summary>Where the story takes place: a folder that was named and is kept, or a temporary one that goes with the story.</summary>
internal sealed class DemoFolder : IDisposable
{
    private DemoFolder(string root, bool isKept) => (Root, IsKept) = (root, isKept);

    public string Root { get; }

    public bool IsKept { get; }

    /// <summary>Database, vault and first token of the instance that the story runs.</summary>
    public string Data => Path.Combine(Root, "data");

    public string Sites => Path.Combine(Root, "sites");

    /// <summary>Beside the data and not in it, as it is advised to everyone.</summary>
    public string MasterKey => Path.Combine(Root, "master.key");

    public string Log => Path.Combine(Root, "warnings.log");

    public string RootCertificate => Path.Combine(Root, "root.pem");

    /// <summary>Opens the named folder, which must be new or empty, or makes a temporary one for null; else says why it cannot be used.</summary>
    public static (DemoFolder? Folder, string? Refusal) Open(string? named)
    {
        try
        {
            if (named is null)
                return (new DemoFolder(Directory.CreateTempSubdirectory("certrelay-demo-").FullName, isKept: false), null);
            var root = Path.GetFullPath(named);
            // A former story's token and targets would make this one untrue.
            if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
                return (null, $"The folder {root} is not empty. Name one that is new, or leave --data out.");
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(root);
            else
                Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return (new DemoFolder(root, isKept: true), null);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return (null, fault.Message);
        }
    }

    public void Dispose()
    {
        if (!IsKept)
            Directory.Delete(Root, recursive: true);
    }
}
