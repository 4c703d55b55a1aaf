using Certrelay.Certificates;

namespace Certrelay.Targets.Local;

/// <summary>One folder under a root of the host's settings. Nothing that a target names leads out of the root, links included.</summary>
internal sealed class LocalFolder
{
    private readonly string _root;
    private readonly string _path;

    private LocalFolder(string id, string root, string path) => (Id, _root, _path) = (id, root, path);

    /// <summary>Root and folder as the target names them; safe to record.</summary>
    public string Id { get; }

    /// <summary>The name of a folder as journals show it.</summary>
    public static string IdOf(string root, string? folder) => folder is null ? root : $"{root}/{folder}";

    /// <summary>Opens an existing folder; throws <see cref="Permanent"/> (<c>target.missing</c>, <c>target.refused</c>) otherwise.</summary>
    public static LocalFolder Open(LocalOptions options, string root, string? folder)
    {
        var id = IdOf(root, folder);
        if (!options.Roots.TryGetValue(root, out var rootPath))
            throw new Permanent(FindingCodes.TargetMissing.Code, $"The host's settings name no root '{root}' (Local:Roots).");
        if (folder is not null && !RelativePathAttribute.IsRelative(folder))
            throw new Permanent(FindingCodes.TargetRefused.Code, $"'{folder}' is not a path below a root.");
        try
        {
            var realRoot = RealPath.Of(rootPath);
            var realPath = folder is null ? realRoot : RealPath.Of(Path.Combine(realRoot, folder));
            if (!RealPath.IsWithin(realPath, realRoot))
                throw new Permanent(FindingCodes.TargetRefused.Code, $"{id} leads out of the root through a symbolic link.");
            return Directory.Exists(realPath)
                ? new LocalFolder(id, realRoot, realPath)
                : throw new Permanent(FindingCodes.TargetMissing.Code, $"The folder {id} does not exist or cannot be entered.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new Permanent(FindingCodes.TargetRefused.Code, $"The folder {id} cannot be opened: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Where a file of this folder really lies. A link is followed and kept, because a rename over it would part the server from where the link points;
    /// who can move links inside the root can write there anyway, so that checking once is enough.
    /// </summary>
    public string PathOf(string fileName)
    {
        var path = RealPath.Of(Path.Combine(_path, fileName));
        return RealPath.IsWithin(path, _root) && path != _root
            ? path
            : throw new Permanent(FindingCodes.TargetRefused.Code, $"{Id}/{fileName} leads out of the root through a symbolic link.");
    }
}
