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
    IConfiguration configuration, TimeProvider time, ILoggerFactory loggers) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private Task _loops = Task.CompletedTask;

    /// <summary>Names this process in leases.</summary>
    public static string Process { get; } = $"{Environment.MachineName}.{Environment.ProcessId}.{Guid.NewGuid().ToString("N")[..8]}";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var loops = new List<Task>();
        foreach (var function in table.Functions)
        {
            var logger = loggers.CreateLogger($"Function.{function.Name}");
            switch (function.Trigger)
            {
                case TimerTriggerAttribute timer:
                    var schedule = Resolve(timer.Schedule);
                    loops.Add(Start(() => new TimerLoop(function, schedule, invoker, store, Process, time, logger).RunAsync(_stopping.Token, _aborting.Token)));
                    break;
                case QueueTriggerAttribute:
                    loops.Add(Start(() => new QueueLoop(function, invoker, queue, queueSettings, time, logger).RunAsync(_stopping.Token, _aborting.Token)));
                    break;
            }
        }

        _loops = Task.WhenAll(loops);
        return Task.CompletedTask;
    }

    /// <summary>Ends when every running function has; when <paramref name="cancellationToken"/> ends the grace, the rest is cancelled.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await using var grace = cancellationToken.Register(_aborting.Cancel);
        await _loops;
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _aborting.Dispose();
    }

    private static Task Start(Func<Task> loop) => Task.Run(loop, CancellationToken.None);

    /// <summary>The text itself, or the setting that <c>%Name%</c> names.</summary>
    private string Resolve(string schedule) => schedule is ['%', .. var name, '%']
        ? configuration[name] ?? throw new InvalidOperationException($"The setting {name} is missing: a schedule refers to it.")
        : schedule;
}
