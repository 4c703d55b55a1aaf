using System.Diagnostics;
using System.Globalization;

namespace Certrelay.Benchmarks;

/// <summary>Other programs: peers, and the product as a process of its own.</summary>
internal static class ProgramRun
{
    /// <summary>Runs a program to its end and returns what it wrote; throws when it is not installed, or ends with another code than those allowed.</summary>
    public static async Task<string> OutputAsync(string program, IEnumerable<string> arguments, params int[] allowed)
    {
        using var process = Start(program, arguments);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 && !allowed.Contains(process.ExitCode))
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}");
        return await output;
    }

    /// <summary>Starts a program whose output nobody waits for.</summary>
    public static Process Background(string program, IEnumerable<string> arguments)
    {
        var process = Start(program, arguments);
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    public static async Task StopAsync(Process process)
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    /// <summary>Waits until an address answers with success; throws when the process ends before.</summary>
    public static async Task UntilItAnswersAsync(Process process, Uri address)
    {
        using var client = new HttpClient(new SocketsHttpHandler());
        while (!await AnswersAsync(client, address))
        {
            if (process.HasExited)
                throw new InvalidOperationException($"{process.StartInfo.FileName} ended with {process.ExitCode}.");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>The memory of a process that lies in RAM, in MB.</summary>
    public static double Resident(Process process)
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    }

    private static async Task<bool> AnswersAsync(HttpClient client, Uri address)
    {
        try
        {
            using var answer = await client.GetAsync(address);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException($"{program} does not start; the peers of a benchmark are installed from Debian: golang-go nginx-light nmap prometheus-blackbox-exporter sqlite3 wrk.", missing);
        }
    }
}
