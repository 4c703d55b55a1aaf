using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Local;

/// <summary>What a target of files amounts to, whatever its kind: where, which files, which commands around the swap.</summary>
internal sealed record FileTargetPlan(string Root, string? Folder, FileLayout Layout, string? Test, string? Reload)
{
    public string Id => LocalFolder.IdOf(Root, Folder);

    /// <summary>What a deployment would do, for a plan.</summary>
    public IEnumerable<PlannedCall> Calls()
    {
        foreach (var command in new[] { Test }.OfType<string>())
            yield return new PlannedCall("command", command, "Tests the server's configuration, before and after the files are replaced.", null, Metered: false);
        string?[] files = [Layout.FullChain, Layout.Certificate, Layout.Chain, Layout.Key, Layout.EncryptCertificate, Layout.EncryptKey];
        yield return new PlannedCall("files", Id, $"Replaces {string.Join(", ", files.OfType<string>())}; what is there now goes into the vault.", null, Metered: false);
        foreach (var command in new[] { Reload }.OfType<string>())
            yield return new PlannedCall("command", command, "Has the server read the files again.", null, Metered: false);
    }

    public IEnumerable<string> Commands => new[] { Test, Reload }.OfType<string>();
}
