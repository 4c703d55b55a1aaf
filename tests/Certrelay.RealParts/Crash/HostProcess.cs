using System.Diagnostics;
using Certrelay.CrashHost;

namespace Certrelay.RealParts.Crash;

/// <summary>A real process of the product on a folder, which may kill itself; what it passes is read from its output.</summary>
internal sealed class HostProcess : IDisposable
{
    private const int KilledBySignal9 = 128 + 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<Line> _lines = [];
    private readonly List<string> _errors = [];

    private HostProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data, text => _lines.Add(new Line(TimeProvider.System.GetUtcNow(), text)));
        process.ErrorDataReceived += (_, line) => Keep(line.Data, _errors.Add);
    }

    public DateTimeOffset Started { get; } = TimeProvider.System.GetUtcNow();

    /// <summary>Starts it with the vault of its data folder, or with a Key Vault.</summary>
    public static HostProcess Start(HostArguments arguments, SuiteKeyVault? vault = null)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Certrelay.CrashHost.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments.ToArguments()])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (vault is not null)
            start.Environment[SuiteKeyVault.Variable] = vault.ToString();
        var host = new HostProcess(Process.Start(start)!);
        host._process.BeginOutputReadLine();
        host._process.BeginErrorReadLine();
        return host;
    }

    /// <summary>The boundaries of a subject that it has passed so far, in order.</summary>
    public IReadOnlyList<string> Passed(string subject) => [.. Of(subject).Select(line => line.Text)];

    /// <summary>When it first passed a boundary of a subject; null when it has not.</summary>
    public DateTimeOffset? FirstPassed(string subject) => Of(subject).FirstOrDefault()?.At;

    /// <summary>Waits until it is gone; true when SIGKILL was the cause.</summary>
    public async Task<bool> KilledAsync()
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        Assert.True(_process.ExitCode == KilledBySignal9, $"The host ended with {_process.ExitCode}: {string.Join('\n', _errors)}");
        return true;
    }

    /// <summary>Gives it its input and, with its end, the wish to stop; waits until it has.</summary>
    public async Task StopAsync(string input = "")
    {
        await _process.StandardInput.WriteAsync(input);
        _process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        await _process.WaitForExitAsync(deadline.Token);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private List<Line> Of(string subject)
    {
        var prefix = Boundaries.Line(subject);
        lock (_lines)
            return [.. _lines.Where(line => line.Text.StartsWith(prefix, StringComparison.Ordinal)).Select(line => line with { Text = line.Text[prefix.Length..] })];
    }

    private void Keep(string? line, Action<string> keep)
    {
        if (line is null)
            return;
        lock (_lines)
            keep(line);
    }

    private sealed record Line(DateTimeOffset At, string Text);
}
