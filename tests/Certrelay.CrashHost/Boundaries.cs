using System.Collections.Concurrent;
using System.Diagnostics;

namespace Certrelay.CrashHost;

/// <summary>
/// Tells every boundary that a step passes on the standard output and kills this process where it was asked to. With kills for several steps each stops at its own
/// boundary, and the one that comes last kills: one death that cuts each of them there. SIGKILL leaves nothing a chance to tidy up.
/// </summary>
internal sealed class Boundaries(IReadOnlyList<KillPoint> kills, TextWriter output)
{
    private readonly ConcurrentDictionary<string, StepLife> _lives = new(StringComparer.Ordinal);
    private int _stopped;

    /// <summary>What this process has seen of a subject's step so far.</summary>
    public StepLife LifeOf(string subject) => _lives.GetOrAdd(subject, static subject => new StepLife(subject));

    /// <summary>Makes a write that is a boundary; one that belongs to no step is null.</summary>
    public async Task<T> PassAsync<T>(Passage? passage, Func<Task<T>> write)
    {
        if (passage is null)
            return await write();
        await DieAsync(passage, KillSide.Before);
        var result = await write();
        passage.Passed();
        await output.WriteLineAsync($"{Line(passage.Subject)}{passage.Boundary}");
        await DieAsync(passage, KillSide.After);
        return result;
    }

    /// <summary>How a line on the output begins that tells a boundary of a subject.</summary>
    public static string Line(string subject) => $"passed {subject} ";

    private async Task DieAsync(Passage passage, KillSide side)
    {
        if (!kills.Contains(new KillPoint(passage.Subject, side, passage.Boundary)))
            return;
        if (Interlocked.Increment(ref _stopped) == kills.Count)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
    }
}

/// <summary>A write about to be made: whose, what it is called, and what is known once it is made.</summary>
internal sealed record Passage(string Subject, string Boundary, Action Passed);
