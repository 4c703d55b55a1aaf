namespace Certrelay.Targets;

/// <summary>One fault of a target's settings: where, as <c>layout.key</c> or <c>domains[2]</c> (empty for the whole), and what to write instead.</summary>
/// <param name="Code">The stable code of a fault that programs may want to tell from others.</param>
public sealed record SettingsFault(string Path, string Message, string? Code = null);

/// <summary>Settings as their own type, or every fault that keeps them from being that.</summary>
internal sealed record SettingsReading(object? Settings, IReadOnlyList<SettingsFault> Faults);
