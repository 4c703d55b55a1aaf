namespace Certrelay.Targets.Local;

/// <summary>What a target of files amounts to, whatever its kind: where, which files, which commands around the swap.</summary>
internal sealed record FileTargetPlan(string Root, string? Folder, FileLayout Layout, string? Test, string? Reload)
{
    public string Id => LocalFolder.IdOf(Root, Folder);

    public IEnumerable<string> Commands => new[] { Test, Reload }.OfType<string>();
}
