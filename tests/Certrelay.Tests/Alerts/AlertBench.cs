using System.Collections.Concurrent;
using Certrelay.App;
using Certrelay.App.Embedded;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Tests.Support;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Alerts.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Certrelay.Tests.Alerts;

/// <summary>The product without its HTTP side on a folder that is gone after the test; its clock stands still unless the real one is asked for.</summary>
internal sealed class AlertBench : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services;
    private readonly LogLines _log = new();
    private IHostedService[] _hosted = [];

    public AlertBench(AlertOptions options, bool allowLoopback = true, TimeProvider? time = null)
    {
        var settings = new Settings
        {
            DataFolder = _folder["data"],
            Outgoing = new OutgoingOptions { Allow = allowLoopback ? ["127.0.0.0/8", "::1/128"] : [] },
            Alerts = options,
        }.InSuiteVault(time ?? Time);
        _services = new ServiceCollection()
            .AddLogging(log => log.SetMinimumLevel(LogLevel.Trace).AddProvider(_log))
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton(time ?? Time)
            .AddCertrelay(settings)
            .AddEmbedded(new EmbeddedData(settings, time ?? Time))
            .AddSuiteVault()
            .BuildServiceProvider();
    }

    public ManualTime Time { get; } = new();

    public string Folder => _folder.Path;

    public AlertRecords Alerts => Get<AlertRecords>();

    /// <summary>All that was logged, with the causes.</summary>
    public string Logged => string.Join('\n', _log.Lines);

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static AlertOptions Options(params (string Name, ChannelSettings Channel)[] channels) => new()
    {
        Channels = channels.ToDictionary(channel => channel.Name, channel => channel.Channel),
        Default = [.. channels.Select(channel => channel.Name)],
    };

    public Alert Alert(string subject, AlertLevel level = AlertLevel.Warning, string? owner = null, string kind = AlertKinds.CertificateExpiring, string generation = "1") => new()
    {
        Kind = kind,
        Subject = subject,
        Generation = generation,
        Level = level,
        Owner = owner,
        Endpoints = [$"{subject}.example.test:443"],
        Cause = $"The certificate {subject} expires in 7 days.",
        NextStep = "Upload the renewed certificate.",
        At = Time.GetUtcNow(),
    };

    /// <summary>Starts timers and queues.</summary>
    public async Task StartAsync()
    {
        _hosted = [.. _services.GetServices<IHostedService>()];
        foreach (var hosted in _hosted)
            await hosted.StartAsync(CancellationToken.None);
        foreach (var hosted in _hosted.OfType<IHostedLifecycleService>())
            await hosted.StartedAsync(CancellationToken.None);
    }

    /// <summary>Makes every move that is due, and those that follow at once, as the queue would have them made.</summary>
    public async Task MoveAsync(CancellationToken cancellationToken = default)
    {
        for (var moved = true; moved;)
        {
            moved = false;
            foreach (var hint in await HintsAsync(Time.GetUtcNow()))
            {
                await Get<NoticeRunner>().MoveAsync(hint, cancellationToken);
                moved = true;
            }
        }
    }

    /// <summary>Lets the grouping window pass and makes the moves.</summary>
    public async Task CloseAsync()
    {
        Time.Advance(TimeSpan.FromSeconds(60));
        await MoveAsync();
    }

    /// <summary>The hints at notices up to a moment.</summary>
    public async Task<IReadOnlyList<DueHint>> HintsAsync(DateTimeOffset? upTo = null) =>
        await Get<Due>().ReadAsync(DueKind.Notice, upTo ?? Time.GetUtcNow().AddYears(1), 1000, CancellationToken.None).ToListAsync();

    public async Task<IReadOnlyList<ListedAlert>> ListAsync() => await Alerts.ListAsync(after: null, CancellationToken.None).ToListAsync();

    /// <summary>The state of the only delivery of the only notice.</summary>
    public async Task<DeliveryRecord> DeliveryAsync() => Assert.Single((await ListAsync())[0].Deliveries);

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in _hosted)
            await hosted.StopAsync(new CancellationToken(canceled: true));
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
