using Certrelay.App;
using Certrelay.Outgoing;
using Certrelay.Targets.Local;

namespace Certrelay.CrashHost;

/// <summary>The settings that every process on one folder shares: data beside the sites, a lease of 2 s, and a reload command for each site.</summary>
internal static class CrashSettings
{
    /// <summary>The names of the sites that have a reload command.</summary>
    public static IReadOnlyList<string> Sites { get; } = [.. Enumerable.Range(0, 64).Select(static number => $"site-{number}")];

    public static Settings Of(string folder)
    {
        var commands = new Dictionary<string, LocalCommand>(StringComparer.Ordinal)
        {
            ["fails"] = new() { Argv = ["/bin/sh", "-c", "echo no such luck >&2; exit 3"] },
        };
        foreach (var site in Sites)
            commands[$"reload-{site}"] = new LocalCommand { Argv = ["/bin/sh", "-c", Reload(folder, site)] };
        return new Settings
        {
            DataFolder = Path.Combine(folder, "data"),
            Outgoing = new OutgoingOptions { AllowLoopbackEndpoints = true },
            Local = new LocalOptions { Roots = new Dictionary<string, string> { ["sites"] = Path.Combine(folder, "sites") }, Commands = commands },
            // Long enough that a busy machine never makes a round of handshakes fail.
            Rollouts = new Certrelay.App.RolloutSettings { LeaseSeconds = 2, ProbeTimeoutSeconds = 20 },
        };
    }

    /// <summary>The file whose presence has the next reload of a site kill the process that asked for it; the reload removes it first.</summary>
    public static string KillFile(string folder, string site, KillSide side) => Path.Combine(folder, $"kill-{side}-{site}");

    /// <summary>Counts the reload where the target itself sees it, and kills the host before or after.</summary>
    private static string Reload(string folder, string site) =>
        $"if rm '{KillFile(folder, site, KillSide.Before)}' 2>/dev/null; then kill -9 $PPID; exit 1; fi; "
        + $"echo reloaded >> '{folder}/sites/{site}/reloads'; "
        + $"if rm '{KillFile(folder, site, KillSide.After)}' 2>/dev/null; then kill -9 $PPID; fi";
}
