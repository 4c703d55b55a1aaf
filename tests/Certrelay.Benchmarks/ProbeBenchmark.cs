using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Certrelay.App;
using Certrelay.App.Embedded;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Targets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Certrelay.Benchmarks;

/// <summary>
/// 800 watched targets of one product, one of them under a name that is gone and one in twenty silent: how long until the others were looked at, against the time that the
/// silent ones take by themselves.
/// </summary>
internal static class ProbeBenchmark
{
    private const int Targets = 800;
    private const int SilentEvery = 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("certrelay-bench-");
        using var site = TlsSite.Start();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start(backlog: 1000);
        var settings = new Settings
        {
            DataFolder = Path.Combine(folder.FullName, "data"),
            Outgoing = new OutgoingOptions { AllowLoopbackEndpoints = true },
            Rollouts = new RolloutSettings { ProbeTimeoutSeconds = (int)Timeout.TotalSeconds },
        };
        await using var services = new ServiceCollection()
            .AddLogging(static log => log.SetMinimumLevel(LogLevel.Error))
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddCertrelay(settings)
            .AddEmbedded(new EmbeddedData(settings, TimeProvider.System))
            .BuildServiceProvider();
        var registry = services.GetRequiredService<TargetRegistry>();
        await Parallel.ForAsync(0, Targets, async (i, token) => await registry.CreateAsync(Describe(i, site.Port, ((IPEndPoint)silent.LocalEndpoint).Port), token));

        var hosted = services.GetServices<IHostedService>().ToList();
        var watch = Stopwatch.StartNew();
        foreach (var one in hosted)
            await one.StartAsync(CancellationToken.None);
        foreach (var one in hosted.OfType<IHostedLifecycleService>())
            await one.StartedAsync(CancellationToken.None);
        var others = Enumerable.Range(0, Targets).Where(i => !IsSilent(i)).ToList();
        var rest = await UntilAsync(services.GetRequiredService<IRecordStore>(), others, watch);
        var all = await UntilAsync(services.GetRequiredService<IRecordStore>(), [.. Enumerable.Range(0, Targets)], watch);
        foreach (var one in hosted)
            await one.StopAsync(CancellationToken.None);
        folder.Delete(recursive: true);

        // host.json: batches of 16, the next one fetched when 8 are left.
        const int AtOnce = 16 + 8;
        var bound = Timeout.TotalSeconds * Math.Ceiling(Targets / SilentEvery / (double)AtOnce);
        Console.WriteLine($"the time-outs of {Targets / SilentEvery} silent targets, {AtOnce} at once: {bound:N1} s");
        Console.WriteLine($"the other {others.Count} were looked at after {rest.TotalSeconds:N1} s, ratio {rest.TotalSeconds / bound:N2}");
        Console.WriteLine($"all {Targets} after {all.TotalSeconds:N1} s, ratio {all.TotalSeconds / bound:N2}");
    }

    private static bool IsSilent(int i) => i % SilentEvery == 7;

    private static TargetDescription Describe(int i, int site, int silent) => new()
    {
        Name = $"t-{i}",
        Kind = "endpoint-only",
        Settings = JsonElement.Parse("{}"),
        Endpoints =
        [
            i == 0
                ? new Endpoint("lapsed.invalid", site)
                : IsSilent(i)
                    ? new Endpoint("127.0.0.1", silent)
                    : new Endpoint($"127.1.{i / 250}.{(i % 250) + 1}", site),
        ],
    };

    private static async Task<TimeSpan> UntilAsync(IRecordStore store, IReadOnlyList<int> targets, Stopwatch watch)
    {
        foreach (var i in targets)
        {
            while (await store.ReadAsync<ProbeRecord>(ProbeRecord.Key($"t-{i}"), CancellationToken.None) is not { Value.At: not null })
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }

        return watch.Elapsed;
    }
}
