using Certrelay.CrashHost;
using Certrelay.RealParts.Support;
using Certrelay.Records;
using Xunit.Abstractions;

namespace Certrelay.RealParts.Crash;

/// <summary>Real processes that die of SIGKILL wherever a step can be cut, and what the next process makes of it.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Lanes = 4;

    [RealFact("sh", "dotnet")]
    public async Task A_process_killed_at_any_boundary_loses_nothing_and_reloads_once()
    {
        var passed = await CrashLane.BoundariesAsync(StepState.Verified);
        foreach (var state in new[] { StepState.Reading, StepState.Deploying, StepState.Verifying, StepState.Verified })
            Assert.Contains(passed, boundary => boundary.EndsWith($" {state}", StringComparison.Ordinal));
        var act = passed.ToList().IndexOf("Deploying: intent Deploying") + 1;
        IReadOnlyList<string> boundaries = [.. passed.Take(act), CrashCase.Reload, .. passed.Skip(act)];
        Assert.Equal(boundaries.Distinct(), boundaries);

        var tally = await TallyAsync(boundaries, [.. CrashCase.ThriceAt(boundaries)], StepState.Verified);

        Assert.Empty(tally.Missed(3));
        Assert.Empty(tally.WrongReloads());
    }

    [RealFact("sh", "dotnet")]
    public async Task A_process_killed_while_it_restores_brings_the_former_files_back()
    {
        var passed = await CrashLane.BoundariesAsync(StepState.RolledBack);
        CrashCase[] cases =
        [
            new(KillSide.After, "Restoring: intent Restoring"),
            new(KillSide.Before, "Restoring: outcome Restoring"),
            new(KillSide.After, "Restoring: lease released"),
            new(KillSide.After, "Restoring #2: lease taken"),
            new(KillSide.Before, "Restoring #3: outcome RolledBack"),
            new(KillSide.After, "Restoring #3: outcome RolledBack"),
            new(KillSide.Before, "Restoring #3: rollout RolledBack"),
        ];
        var boundaries = cases.Select(one => one.Boundary).Distinct().ToList();
        Assert.Empty(boundaries.Except(passed, StringComparer.Ordinal));

        var tally = await TallyAsync(boundaries, cases, StepState.RolledBack);

        Assert.Empty(tally.Missed(1));
    }

    [RealFact("sh", "dotnet")]
    public async Task Two_processes_with_every_message_delivered_twice_reload_exactly_once()
    {
        await using var lane = await CrashLane.OpenAsync();
        var hosts = new[] { lane.Start(twice: true), lane.Start(twice: true) };
        IReadOnlyList<string> targets = [.. CrashSettings.Sites.Take(12)];

        await lane.VerifyAsync(targets);

        foreach (var host in hosts)
            await host.StopAsync();
        var moves = hosts.Select(host => targets.Sum(target => host.Passed(target).Count(boundary => boundary.Contains("intent", StringComparison.Ordinal)))).ToList();
        Tell($"{targets.Count} rollouts, moves of each process: {string.Join(" and ", moves)}");
        Assert.All(targets, target => Assert.Equal(1, lane.Reloads(target)));
        Assert.All(moves, static count => Assert.NotEqual(0, count));
        await lane.NothingIsLeftAsync();
    }

    private async Task<KillTally> TallyAsync(IReadOnlyList<string> boundaries, IReadOnlyList<CrashCase> cases, StepState end)
    {
        var began = TimeProvider.System.GetTimestamp();
        var groups = CrashCase.Groups(cases).ToList();
        var lanes = Enumerable.Range(0, Math.Min(Lanes, groups.Count)).Select(lane => RunAsync([.. groups.Where((_, number) => number % Lanes == lane)], end));
        var tally = new KillTally(boundaries, [.. (await Task.WhenAll(lanes)).SelectMany(static results => results)]);
        Tell($"{tally}in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s");
        return tally;
    }

    private static async Task<IReadOnlyList<CrashResult>> RunAsync(IReadOnlyList<IReadOnlyList<CrashCase>> groups, StepState end)
    {
        await using var lane = await CrashLane.OpenAsync();
        var results = await lane.RunAsync(groups, end);
        await lane.NothingIsLeftAsync();
        return results;
    }

    private void Tell(string text)
    {
        output.WriteLine(text);
        Console.WriteLine(text);
    }
}
