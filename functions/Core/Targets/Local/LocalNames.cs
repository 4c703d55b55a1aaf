using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Targets.Local;

/// <summary>Checks the names that a local target's settings take from the host's settings.</summary>
internal static class LocalNames
{
    /// <summary>A fault for each root and command that this host does not have.</summary>
    public static IEnumerable<SettingsFault> Check(FileTargetPlan plan, IServiceProvider services)
    {
        var options = services.GetRequiredService<LocalOptions>();
        if (!options.Roots.ContainsKey(plan.Root))
            yield return new SettingsFault("root", $"The host's settings name no root '{plan.Root}' (Local:Roots).");
        if (plan.Test is { } test && !options.Commands.ContainsKey(test))
            yield return new SettingsFault("test", $"The host's settings name no command '{test}' (Local:Commands).");
        if (plan.Reload is { } reload && !options.Commands.ContainsKey(reload))
            yield return new SettingsFault("reload", $"The host's settings name no command '{reload}' (Local:Commands).");
    }
}
