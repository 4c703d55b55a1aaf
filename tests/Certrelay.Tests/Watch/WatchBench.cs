using System.Text;
using System.Text.Json;
using Certrelay.App;
using Certrelay.App.Embedded;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.App.Triggers;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Tests.Support;
using Certrelay.Watch;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Moments;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Certrelay.Tests.Watch;

/// <summary>The product without its HTTP side on a clock that the test moves; timers and queues are worked off when the test says so.</summary>
internal sealed class WatchBench : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services;

    public WatchBench(Action<IServiceCollection>? change = null, Func<Settings, Settings>? configure = null)
    {
        var settings = new Settings { DataFolder = _folder["data"], Outgoing = new OutgoingOptions { AllowLoopbackEndpoints = true, Allow = ["127.0.0.0/8"] } };
        settings = (configure?.Invoke(settings) ?? settings).InSuiteVault(Time);
        var services = new ServiceCollection()
            .AddLogging(log => log.SetMinimumLevel(LogLevel.Warning))
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddSingleton<TimeProvider>(Time)
            .AddCertrelay(settings)
            .AddEmbedded(new EmbeddedData(settings, Time))
            .AddSuiteVault();
        services.AddSingleton<Queues>();
        change?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    public ManualTime Time { get; } = new();

    public TestCertificate Root { get; } = TestCertificates.Root();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public TestCertificate Leaf(DateTimeOffset notBefore, DateTimeOffset notAfter, params string[] names) =>
        Root.Issue(new TestCertificateOptions { Names = names, NotBefore = notBefore, NotAfter = notAfter });

    public async Task<VersionRecord> UploadAsync(string name, TestCertificate leaf, string? owner = null)
    {
        var options = new InspectionOptions { Now = Time.GetUtcNow() };
        using var inspection = CertificateInspector.Inspect(Encoding.ASCII.GetBytes(leaf.FullChainPem + leaf.KeyPem), options);
        Assert.True(inspection.IsAccepted, string.Join(", ", inspection.Findings));
        return (await Get<CertificateUploads>().StoreAsync(name, inspection, new LineageDetails(owner), CancellationToken.None)).Version!;
    }

    public Task<Stored<TargetRecord>> WatchAsync(string name, string? certificate, params IReadOnlyList<Endpoint> endpoints) => Get<TargetRegistry>().CreateAsync(
        new TargetDescription { Name = name, Kind = "endpoint-only", Settings = JsonElement.Parse("{}"), Certificate = certificate, Endpoints = endpoints, Owner = "web" },
        CancellationToken.None);

    /// <summary>One tick of both timers, then every message that they sent.</summary>
    public async Task TickAsync()
    {
        await Get<DueNudges>().RunAsync(DueKind.Check, Time.GetUtcNow(), CancellationToken.None);
        await Get<DueNudges>().RunAsync(DueKind.Probe, Time.GetUtcNow(), CancellationToken.None);
        foreach (var message in await TakeAsync(QueueNames.Check))
            await Get<Queues>().Check(message, CancellationToken.None);
        foreach (var message in await TakeAsync(QueueNames.Validate))
            await Get<Queues>().Validate(message, CancellationToken.None);
        foreach (var message in await TakeAsync(QueueNames.Probe))
            await Get<TargetWatch>().RunAsync(Nudge.Read(message, DueKind.Probe), CancellationToken.None);
    }

    /// <summary>Moves the clock in steps, with a tick after each.</summary>
    public async Task WalkAsync(TimeSpan by, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < by; passed += step)
        {
            Time.Advance(step);
            await TickAsync();
        }
    }

    /// <summary>The messages of a queue, which are gone then.</summary>
    public async Task<IReadOnlyList<string>> TakeAsync(string queue)
    {
        var work = Get<SqliteWorkQueue>();
        var messages = new List<string>();
        while (await work.ReceiveAsync(queue, 32, TimeSpan.FromMinutes(1), CancellationToken.None) is { Count: > 0 } taken)
        {
            foreach (var delivery in taken)
            {
                messages.Add(Encoding.UTF8.GetString(delivery.Body.Span));
                await work.DeleteAsync(delivery, CancellationToken.None);
            }
        }

        return messages;
    }

    /// <summary>Every alert so far, in the order of their moments.</summary>
    public async Task<IReadOnlyList<AlertRecord>> AlertsAsync() =>
        [.. (await Get<AlertRecords>().ListAsync(null, CancellationToken.None).ToListAsync()).Select(listed => listed.Record).OrderBy(record => record.Alert.At).ThenBy(record => record.Alert.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Root.Dispose();
        _folder.Dispose();
    }
}
