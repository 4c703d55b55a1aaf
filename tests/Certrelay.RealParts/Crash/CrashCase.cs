using Certrelay.CrashHost;

namespace Certrelay.RealParts.Crash;

/// <summary>One rollout and the one kill that falls into it; without a side there is none.</summary>
internal sealed record CrashCase(KillSide? Side, string Boundary)
{
    /// <summary>The one boundary that is no write of ours: the target's own reload command.</summary>
    public const string Reload = "Deploying: reload";

    /// <summary>A rollout that nothing disturbs, whose boundaries are the list for all others.</summary>
    public static CrashCase Undisturbed { get; } = new(null, "");

    /// <summary>Three kills at each boundary: before, after, and one side again, turn about.</summary>
    public static IEnumerable<CrashCase> ThriceAt(IReadOnlyList<string> boundaries) =>
    [
        .. boundaries.Select(static boundary => new CrashCase(KillSide.Before, boundary)),
        .. boundaries.Select(static boundary => new CrashCase(KillSide.After, boundary)),
        .. boundaries.Select(static (boundary, number) => new CrashCase(number % 2 == 0 ? KillSide.Before : KillSide.After, boundary)),
    ];

    /// <summary>Cases that one SIGKILL cuts together: of boundaries that follow each other, never of the same; one in the reload command dies alone.</summary>
    public static IEnumerable<IReadOnlyList<CrashCase>> Groups(IEnumerable<CrashCase> cases)
    {
        var (alone, together) = (cases.Where(static one => one.Boundary == Reload), cases.Where(static one => one.Boundary != Reload));
        return [.. together.Chunk(3), .. alone.Chunk(1)];
    }

    /// <summary>
    /// How often the target may be told to reload: twice exactly where the kill fell between the act and its record, since nobody can know then that it was done.
    /// </summary>
    public int Reloads => (Boundary, Side) switch
    {
        (Reload, KillSide.After) => 2,
        ("Deploying: hint of what follows", not null) => 2,
        ("Deploying: outcome Verifying", KillSide.Before) => 2,
        _ => 1,
    };
}

/// <summary>What became of a case.</summary>
/// <param name="Hit">The process died of SIGKILL there.</param>
/// <param name="Resumed">From the start of the next process to its first write for the step; null when nothing was left to do.</param>
/// <param name="Settled">From the start of the next process to the end of the rollout.</param>
internal sealed record CrashResult(CrashCase Case, bool Hit, int Reloads, TimeSpan? Resumed, TimeSpan Settled);
