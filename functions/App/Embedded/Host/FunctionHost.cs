using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Certrelay.App.Embedded.Host;

/// <summary>Runs the timer and queue functions of the table. A stop takes nothing new and lets running functions end; what does not end in time is cancelled and comes back.</summary>
public sealed class FunctionHost(
    FunctionTable table, FunctionInvoker invoker, IRecordStore store, SqliteWorkQueue queue, QueueSettings queueSettings,
    IConfiguration configuration, TimeProvider time, ILoggerFactory loggers) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private Task _loops = Task.CompletedTask;

    /// <summary>Names this process in leases.</summary>
    public static string Process { get; } = $"{Environment.MachineName}.{Environment.ProcessId}.{Guid.NewGuid().ToString("N")[..8]}";

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Begins with the functions once the server listens.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var loops = new List<Func<Task>>();
        foreach (var function in table.Functions)
        {
            var logger = loggers.CreateLogger($"Function.{function.Name}");
            switch (function.Trigger)
            {
                case TimerTriggerAttribute timer:
                    var schedule = Resolve(timer.Schedule);
                    loops.Add(() => new TimerLoop(function, schedule, invoker, store, Process, time, logger).RunAsync(_stopping.Token, _aborting.Token));
                    break;
                case QueueTriggerAttribute:
                    loops.Add(() => new QueueLoop(function, invoker, queue, queueSettings, time, logger).RunAsync(_stopping.Token, _aborting.Token));
                    break;
            }
        }

        _loops = Task.Run(() => RunAsync(loops), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Ends when every running function has; when <paramref name="cancellationToken"/> ends the grace, the rest is cancelled.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await using var grace = cancellationToken.Register(_aborting.Cancel);
        await _loops;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _stopping.Dispose();
        _aborting.Dispose();
    }

    private async Task RunAsync(List<Func<Task>> loops)
    {
        var running = new List<Task>();
        // One after the other: the first requests should not wait behind the first run of every function.
        foreach (var loop in loops)
        {
            await Task.Delay(Apart, TimeProvider.System, CancellationToken.None);
            if (_stopping.IsCancellationRequested)
                break;
            running.Add(Task.Run(loop, CancellationToken.None));
        }

        await Task.WhenAll(running);
    }

    /// <summary>The text itself, or the setting that <c>%Name%</c> names.</summary>
    private string Resolve(string schedule) => schedule is ['%', .. var name, '%']
        ? configuration[name] ?? throw new InvalidOperationException($"The setting {name} is missing: a schedule refers to it.")
        : schedule;
}
