using System.Text;
using System.Text.Json;
using Certrelay.App.Embedded.Sqlite;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Certrelay.App.Embedded.Host;

/// <summary>
/// Runs one queue function: a message is hidden while it runs, deleted when the run ends well, given back after a failed one, and poisoned after
/// <see cref="QueueSettings.MaxDequeueCount"/> of them.
/// </summary>
internal sealed partial class QueueLoop(
    DeclaredFunction function, FunctionInvoker invoker, SqliteWorkQueue queue, QueueSettings settings, TimeProvider time, ILogger logger)
{
    private static readonly JsonSerializerOptions CaseInsensitive = new(JsonSerializerDefaults.Web);

    private readonly string _queue = ((QueueTriggerAttribute)function.Trigger).QueueName;
    private readonly HashSet<Task> _running = [];

    /// <summary>Takes messages until <paramref name="stopping"/>, then lets the running ones end; <paramref name="aborting"/> cancels those.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        var threshold = settings.NewBatchThreshold ?? settings.BatchSize / 2;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                _running.RemoveWhere(task => task.IsCompleted);
                if (_running.Count > threshold)
                {
                    await Task.WhenAny(_running).WaitAsync(stopping);
                    continue;
                }

                await queue.WaitAsync(_queue, settings.MaxPollingInterval, stopping);
                foreach (var delivery in await queue.ReceiveAsync(_queue, settings.BatchSize, settings.Hidden, stopping))
                    _running.Add(Task.Run(() => HandleAsync(delivery, aborting), CancellationToken.None));
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Transient fault)
            {
                Log.StoreFailed(logger, _queue, fault);
                await Task.Delay(settings.MaxPollingInterval, time, stopping).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }

        await Task.WhenAll(_running);
    }

    private async Task HandleAsync(Delivery delivery, CancellationToken aborting)
    {
        using var scope = Log.Message(logger, delivery.Id, delivery.DequeueCount);
        using var run = CancellationTokenSource.CreateLinkedTokenSource(aborting);
        try
        {
            // A message whose runs took the process down never came to the check below.
            if (delivery.DequeueCount > settings.MaxDequeueCount)
            {
                await PoisonAsync(delivery);
                return;
            }

            var renewing = RenewAsync(delivery, run);
            var failed = await RunOnceAsync(delivery, run.Token);
            await run.CancelAsync();
            await renewing;
            if (!failed)
                await queue.DeleteAsync(delivery, CancellationToken.None);
            else if (delivery.DequeueCount >= settings.MaxDequeueCount)
                await PoisonAsync(delivery);
            else
                await queue.ReturnAsync(delivery, settings.VisibilityTimeout, CancellationToken.None);
        }
        catch (Transient fault)
        {
            // The store does not answer: the message comes back by itself once its hiding ends.
            Log.StoreFailed(logger, _queue, fault);
        }
    }

    private async Task<bool> RunOnceAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            await invoker.InvokeAsync(function, parameter => parameter switch
            {
                _ when parameter == function.TriggerParameter => Body(parameter.ParameterType, delivery.Body),
                { ParameterType: var type } when type == typeof(CancellationToken) => cancellationToken,
                _ => throw new InvalidOperationException($"{function.Name}: nothing to give the parameter {parameter.Name}."),
            });
            return false;
        }
#pragma warning disable CA1031 // The edge of a function: whatever it throws is its failed run, counted and tried again.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.RunFailed(logger, function.Name, delivery.DequeueCount, settings.MaxDequeueCount, fault);
            return true;
        }
    }

    private async Task RenewAsync(Delivery delivery, CancellationTokenSource run)
    {
        using var timer = new PeriodicTimer(settings.Hidden / 3, time);
        try
        {
            while (await timer.WaitForNextTickAsync(run.Token))
            {
                if (await queue.RenewAsync(delivery, settings.Hidden, run.Token))
                    continue;
                Log.Overtaken(logger, function.Name);
                await run.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (run.IsCancellationRequested)
        {
            // The run has ended.
        }
        catch (Transient fault)
        {
            Log.StoreFailed(logger, _queue, fault);
        }
    }

    private async Task PoisonAsync(Delivery delivery)
    {
        Log.Poisoned(logger, function.Name, _queue);
        await queue.PoisonAsync(delivery, CancellationToken.None);
    }

    private static object? Body(Type type, ReadOnlyMemory<byte> body) => type == typeof(string)
        ? Encoding.UTF8.GetString(body.Span)
        : JsonSerializer.Deserialize(body.Span, type, CaseInsensitive);

    private static partial class Log
    {
        public static readonly Func<ILogger, long, int, IDisposable?> Message = LoggerMessage.DefineScope<long, int>("message {Message}, delivery {Delivery}");

        [LoggerMessage(Level = LogLevel.Error, Message = "{Function} failed, delivery {Count} of {Most}")]
        public static partial void RunFailed(ILogger logger, string function, int count, int most, Exception fault);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Function}: message moved to {Queue}-poison")]
        public static partial void Poisoned(ILogger logger, string function, string queue);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Function}: the message was delivered again while it ran")]
        public static partial void Overtaken(ILogger logger, string function);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The store did not answer for queue {Queue}")]
        public static partial void StoreFailed(ILogger logger, string queue, Exception fault);
    }
}
