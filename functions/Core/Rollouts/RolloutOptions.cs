using Certrelay.Records;

namespace Certrelay.Rollouts;

/// <summary>The times and bounds of the step machine (DESIGN sections 5 and 7).</summary>
public sealed record RolloutOptions
{
    /// <summary>How long a holder may work on a target without renewing; renewed every third of it.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after a lease's end another holder waits, because clocks differ.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Tries of one state before the step gives up.</summary>
    public int Attempts { get; init; } = 8;

    /// <summary>The longest one handshake may take.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The time between two looks at a partial step while it is fresh.</summary>
    public TimeSpan PartialEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long it counts as fresh; later the time between two looks doubles up to this.</summary>
    public TimeSpan PartialFresh { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a partial step is watched at all.</summary>
    public TimeSpan PartialWatched { get; init; } = TimeSpan.FromHours(24);

    /// <summary>When automatic changes may begin where the target says nothing, as <see cref="MaintenanceWindow"/> reads them; empty: at any time.</summary>
    public IReadOnlyList<string> Windows { get; init; } = [];

    /// <summary>How long after its step has settled the material for a restore is kept.</summary>
    public TimeSpan KeepBackup { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The maintenance windows of a target; throws <see cref="Permanent"/> (<c>target.windows</c>).</summary>
    public IReadOnlyList<MaintenanceWindow> WindowsOf(TargetRecord target) => MaintenanceWindow.Read(target.Windows ?? Windows);
}
