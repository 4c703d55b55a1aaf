using Certrelay.App.Embedded.Host;
using Certrelay.App.Embedded.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Certrelay.Tests.Host;

/// <summary>One process's function host over a data folder, running the functions of one class; what they do is told to <typeparamref name="TJournal"/>.</summary>
internal sealed class HostedFunctions<TFunctions, TJournal> : IAsyncDisposable
    where TJournal : class
{
    private readonly SqliteFile _file;
    private readonly ServiceProvider _services;
    private readonly FunctionHost _host;
    private bool _stopped;

    public HostedFunctions(string folder, TJournal journal, TimeProvider time, QueueSettings? queues = null)
    {
        _file = new SqliteFile(Path.Combine(folder, "records.db"));
        Store = new SqliteRecordStore(_file);
        Queue = new SqliteWorkQueue(_file, time);
        _services = new ServiceCollection().AddSingleton(journal).BuildServiceProvider();
        _host = new FunctionHost(
            FunctionTable.Of([typeof(TFunctions)]), new FunctionInvoker(_services.GetRequiredService<IServiceScopeFactory>()), Store, Queue,
            queues ?? new QueueSettings { MaxPollingInterval = TimeSpan.FromMilliseconds(50) }, new ConfigurationBuilder().Build(), time, NullLoggerFactory.Instance);
    }

    public SqliteRecordStore Store { get; }

    public SqliteWorkQueue Queue { get; }

    public Task StartAsync() => _host.StartedAsync(CancellationToken.None);

    public async Task StopAsync(TimeSpan grace)
    {
        using var end = new CancellationTokenSource(grace);
        _stopped = true;
        await _host.StopAsync(end.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped)
            await StopAsync(TimeSpan.Zero);
        _host.Dispose();
        await _services.DisposeAsync();
        await _file.DisposeAsync();
    }
}

internal static class Eventually
{
    /// <summary>Waits in real time until a condition holds; fails after half a minute.</summary>
    public static async Task HoldsAsync(Func<bool> condition, string what)
    {
        for (var i = 0; i < 3000; i++)
        {
            if (condition())
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }

        Assert.Fail($"It did not happen: {what}");
    }
}
