using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Certrelay.Targets.Local;

/// <summary>
/// Runs the host's commands, one run of a name at a time. Who asks while a run is going on waits for the next one, which serves all who asked meanwhile:
/// that is what makes one reload of a batch. It holds in this process only and nothing depends on it; after a crash each step asks for its own run again.
/// </summary>
public sealed partial class CommandRunner(LocalOptions options, TimeProvider time, ILogger<CommandRunner> logger)
{
    private readonly ConcurrentDictionary<string, CommandLane> _lanes = new(StringComparer.Ordinal);

    /// <summary>True when the settings name the command and its program exists.</summary>
    public bool CanRun(string name) => options.Commands.TryGetValue(name, out var command) && ProgramPath.Of(command.Argv[0]) is not null;

    /// <summary>
    /// Runs the command, or joins the run that is waiting to start, so that whatever the caller wrote before is seen by it. Cancellation ends the
    /// caller's waiting; a command that has been asked for runs to its end or its time-out, because half a reload would be worse.
    /// </summary>
    public async Task<CommandResult> RunAsync(string name, CancellationToken cancellationToken)
    {
        if (!options.Commands.TryGetValue(name, out var command))
            return new CommandResult(name, CommandOutcome.Missing, -1, "the host's settings name no such command (Local:Commands)");
        cancellationToken.ThrowIfCancellationRequested();
        return await Lane(name).JoinAsync(() => StartAsync(name, command)).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Waits until none of these commands runs and keeps them from starting until disposal: a configuration test or a restart must not read a key of
    /// one certificate beside the chain of another.
    /// </summary>
    public async Task<IDisposable> HoldAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var held = new HeldLanes();
        try
        {
            // One order for all, so that two holders never wait for each other.
            foreach (var name in names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                held.Add(await Lane(name).HoldAsync(cancellationToken));
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private CommandLane Lane(string name) => _lanes.GetOrAdd(name, static _ => new CommandLane());

    private async Task<CommandResult> StartAsync(string name, LocalCommand command)
    {
        var started = time.GetTimestamp();
        var result = await CommandProcess.RunAsync(name, command, time);
        var elapsed = time.GetElapsedTime(started);
        Log.Ended(logger, name, result.Outcome, result.ExitCode, elapsed);
        return result;
    }

    private sealed class HeldLanes : IDisposable
    {
        private readonly List<IDisposable> _lanes = [];

        public void Add(IDisposable lane) => _lanes.Add(lane);

        public void Dispose() => _lanes.ForEach(static lane => lane.Dispose());
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Command {Command}: {Outcome}, exit code {ExitCode}, after {Elapsed}.")]
        public static partial void Ended(ILogger logger, string command, CommandOutcome outcome, int exitCode, TimeSpan elapsed);
    }
}
