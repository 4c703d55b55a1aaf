using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Certrelay.RealParts.Support;

/// <summary>One started program, killed with its children on disposal; its output is kept for the message of a failing test.</summary>
public sealed class RealProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _standardOutput = new();

    private RealProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data, _standardOutput);
        process.ErrorDataReceived += (_, line) => Keep(line.Data, null);
    }

    public bool HasExited => _process.HasExited;

    /// <summary>All that it wrote so far, to either output.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts an installed program and returns at once.</summary>
    public static RealProcess Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Installed.PathOf(program), arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var started = new RealProcess(Process.Start(start)!);
        started._process.BeginOutputReadLine();
        started._process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Runs an installed program to its end and returns its standard output; throws when it fails or takes longer than 20 s.</summary>
    public static Task<string> RunAsync(string program, params IEnumerable<string> arguments) => RunAsync(program, TimeSpan.FromSeconds(20), arguments);

    /// <summary>As above, with a time of its own for a program that may take longer.</summary>
    public static async Task<string> RunAsync(string program, TimeSpan limit, IEnumerable<string> arguments)
    {
        using var run = Start(program, arguments);
        run._process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(limit);
        await run._process.WaitForExitAsync(deadline.Token);
        return run._process.ExitCode == 0
            ? run._standardOutput.ToString()
            : throw new InvalidOperationException($"{program} ended with {run._process.ExitCode}: {run.Output}");
    }

    /// <summary>A port of this address that is free now.</summary>
    public static int FreePort(IPAddress address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Returns when the port answers; throws with the program's output when it does not within 10 s or the program ends.</summary>
    public async Task ListeningAsync(IPAddress address, int port)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address, port);
                return;
            }
            catch (SocketException) when (!HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }

        throw new TimeoutException($"{address}:{port} does not answer: {Output}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(TimeSpan.FromSeconds(5));
        }

        _process.Dispose();
    }

    private void Keep(string? line, StringBuilder? also)
    {
        // The end of the stream comes as null.
        if (line is null)
            return;
        lock (_output)
        {
            _output.AppendLine(line);
            also?.AppendLine(line);
        }
    }
}
