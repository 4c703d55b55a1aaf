namespace Certrelay.Targets.Local;

/// <summary>Paths as the kernel follows them, every symbolic link on the way resolved (realpath(3)); the last part need not exist.</summary>
internal static class RealPath
{
    // As the kernel's own limit (path_resolution(7)).
    private const int MostLinks = 40;

    /// <summary>The path without links; throws <see cref="IOException"/> on a loop.</summary>
    public static string Of(string path)
    {
        var pending = new Stack<string>(Parts(path).Reverse());
        var root = Path.GetPathRoot(path)!;
        var real = root;
        var links = 0;
        while (pending.TryPop(out var part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? root;
                continue;
            }

            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
                throw new IOException($"{path} leads through too many symbolic links.");
            if (Path.IsPathRooted(target))
                real = Path.GetPathRoot(target)!;
            foreach (var piece in Parts(target).Reverse())
                pending.Push(piece);
        }

        return real;
    }

    /// <summary>True when <paramref name="path"/> is <paramref name="folder"/> or lies inside it; both without links.</summary>
    public static bool IsWithin(string path, string folder)
    {
        var relative = Path.GetRelativePath(folder, path);
        return relative != ".." && !relative.StartsWith($"..{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && !Path.IsPathRooted(relative);
    }

    private static IEnumerable<string> Parts(string path) =>
        path[(Path.GetPathRoot(path)?.Length ?? 0)..]
            .Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries)
            .Where(static part => part != ".");
}
