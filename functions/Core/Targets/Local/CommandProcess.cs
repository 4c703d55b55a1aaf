using System.ComponentModel;
using System.Diagnostics;

namespace Certrelay.Targets.Local;

/// <summary>One run of one command: no shell, no input, next to no environment, bounded output, and a time after which all that it started is killed.</summary>
internal static class CommandProcess
{
    // A daemon that the command leaves behind may hold the pipes open; what it writes later is not the command's answer.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    // Secrets reach a host as environment variables; a command needs no more than these.
    private static readonly string[] Kept = ["PATH", "HOME", "SYSTEMROOT", "TEMP", "TMPDIR"];

    public static async Task<CommandResult> RunAsync(string name, LocalCommand command, TimeProvider time)
    {
        if (ProgramPath.Of(command.Argv[0]) is not { } program)
            return new CommandResult(name, CommandOutcome.Missing, -1, $"there is no program {command.Argv[0]}");
        using var process = new Process { StartInfo = StartInfo(program, command) };
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            return new CommandResult(name, CommandOutcome.Missing, -1, exception.Message);
        }

        process.StandardInput.Close();
        var tail = new OutputTail();
        var pumps = Task.WhenAll(PumpAsync(process.StandardOutput.BaseStream, tail), PumpAsync(process.StandardError.BaseStream, tail));
        var inTime = await EndsAsync(process, TimeSpan.FromSeconds(command.TimeoutSeconds), time);
        await Task.WhenAny(pumps, Task.Delay(LastWords, time, CancellationToken.None));
        var outcome = !inTime ? CommandOutcome.TimedOut : process.ExitCode == 0 ? CommandOutcome.Succeeded : CommandOutcome.Failed;
        return new CommandResult(name, outcome, inTime ? process.ExitCode : -1, tail.ToString());
    }

    private static ProcessStartInfo StartInfo(string program, LocalCommand command)
    {
        var start = new ProcessStartInfo(program, command.Argv.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.WorkingDirectory ?? Path.GetPathRoot(program)!,
        };
        start.Environment.Clear();
        foreach (var name in Kept)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                start.Environment[name] = value;
        }

        // One language in every journal.
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static async Task<bool> EndsAsync(Process process, TimeSpan timeout, TimeProvider time)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            await KillAsync(process, time);
            return false;
        }
    }

    private static async Task KillAsync(Process process, TimeProvider time)
    {
        using var patience = new CancellationTokenSource(LastWords, time);
        try
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(patience.Token);
        }
        catch (Exception exception)
            when (exception is AggregateException or Win32Exception or InvalidOperationException or OperationCanceledException)
        {
            // A child of another user cannot be killed, and one that sleeps in the kernel does not die at once. The time is over all the same.
        }
    }

    private static async Task PumpAsync(Stream output, OutputTail tail)
    {
        var buffer = new byte[OutputTail.Size];
        try
        {
            int count;
            while ((count = await output.ReadAsync(buffer, CancellationToken.None)) > 0)
                tail.Append(buffer.AsSpan(0, count));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process object was disposed while a daemon still held the pipe.
        }
    }
}
