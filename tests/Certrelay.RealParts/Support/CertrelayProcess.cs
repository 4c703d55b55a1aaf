using System.Diagnostics;
using System.Text;

namespace Certrelay.RealParts.Support;

/// <summary>The built program as a process of its own, with its output line by line; killed on disposal.</summary>
public sealed class CertrelayProcess : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly StringBuilder _errors = new();

    private CertrelayProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => KeepError(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Standard output so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString();
        }
    }

    /// <summary>Both, for the message of a failing test.</summary>
    public string Output => $"{string.Join('\n', Lines)}\n{Errors}";

    public static CertrelayProcess Start(params IEnumerable<string> arguments) => Start(new Dictionary<string, string>(), arguments);

    public static CertrelayProcess Start(IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "certrelay.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new CertrelayProcess(Process.Start(start)!);
    }

    /// <summary>Runs to the end; returns the exit code, throws with the output when it takes too long.</summary>
    public async Task<int> ExitAsync(TimeSpan? within = null)
    {
        using var deadline = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(60));
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"Still running: {Output}", late);
        }
    }

    /// <summary>Returns when a line satisfies; false when the program ended without one.</summary>
    public async Task<bool> SaysAsync(Predicate<string> satisfies)
    {
        while (!_process.HasExited)
        {
            if (Lines.Any(line => satisfies(line)))
                return true;
            await Task.Delay(Poll, TimeProvider.System);
        }

        return false;
    }

    /// <summary>SIGKILL: nothing of it runs any further.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>What Ctrl+C sends.</summary>
    public Task InterruptAsync() => RealProcess.RunAsync("kill", "-INT", _process.Id.ToString());

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
            _lines.Add(line);
    }

    private void KeepError(string? line)
    {
        if (line is null)
            return;
        lock (_errors)
            _errors.AppendLine(line);
    }
}
