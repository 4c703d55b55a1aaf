using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Certrelay.App;
using Certrelay.App.Embedded;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Simulators.Tencent;
using Certrelay.Targets;
using Certrelay.Targets.Accounts;
using Certrelay.Targets.Calls;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Certrelay.Benchmarks;

/// <summary>
/// One certificate to 1,000 targets of one account, each proven by handshakes: how long, how many calls of the vendor a target, and the most memory. The simulated vendor
/// is a process of its own that settles a change after 200 ms; budgets are set so high that they cost their rows and no waiting.
/// </summary>
internal static class FleetBenchmark
{
    public const string Verb = "vendor-site";

    private const int Targets = 1_000;
    private const string Certificate = "shop";

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("certrelay-bench-");
        using var site = Site();
        var (endpoint, edge) = (await site.StandardOutput.ReadLineAsync(), int.Parse((await site.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture));
        var settings = new Settings
        {
            DataFolder = Path.Combine(folder.FullName, "data"),
            Outgoing = new OutgoingOptions { AllowLoopbackEndpoints = true },
            Clouds = new CloudOptions
            {
                Endpoints = new Dictionary<string, string> { ["tencent"] = endpoint! },
                Limits = new Dictionary<string, string> { ["tencent.ssl"] = "100000/1", ["tencent.cdn"] = "100000/1" },
            },
        };
        await using (var services = new ServiceCollection()
            .AddLogging(static log => log.SetMinimumLevel(LogLevel.Error))
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddCertrelay(settings)
            .AddEmbedded(new EmbeddedData(settings, TimeProvider.System))
            .BuildServiceProvider())
        {
            await PrepareAsync(services, edge);
            var hosted = services.GetServices<IHostedService>().ToList();
            foreach (var one in hosted)
                await one.StartAsync(CancellationToken.None);
            foreach (var one in hosted.OfType<IHostedLifecycleService>())
                await one.StartedAsync(CancellationToken.None);
            await MeasureAsync(services, site);
            foreach (var one in hosted)
                await one.StopAsync(CancellationToken.None);
        }

        site.Kill();
        folder.Delete(recursive: true);
    }

    /// <summary>The vendor: prints its address and the port of its edge, then for each line that it reads the number of calls so far.</summary>
    public static async Task<int> ServeAsync()
    {
        await using var vendor = await TencentSimulator.StartAsync(TimeProvider.System);
        using var former = BenchmarkLeaf.Make("*.example.com");
        using var key = former.GetECDsaPrivateKey()!;
        var stored = vendor.AddCertificate(former.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), "by hand");
        foreach (var domain in Domains())
            vendor.AddCdnDomain(domain, stored);
        Console.WriteLine(vendor.Endpoint);
        Console.WriteLine(vendor.EdgePort);
        while (await Console.In.ReadLineAsync() is not null)
            Console.WriteLine(vendor.Calls.Count);
        return 0;
    }

    private static IEnumerable<string> Domains() => Enumerable.Range(0, Targets).Select(static i => $"t{i}.example.com");

    private static Process Site() => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Certrelay.Benchmarks.dll"), Verb])
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    private static async Task PrepareAsync(ServiceProvider services, int edge)
    {
        var key = TencentCredentials.Example;
        await services.GetRequiredService<AccountRegistry>().CreateAsync(
            new AccountDescription { Name = "tencent", Vendor = CloudVendor.Tencent, KeyId = key.SecretId, Key = new AccountSecret(Encoding.ASCII.GetBytes(key.SecretKey), null, null) },
            CancellationToken.None);
        using var leaf = BenchmarkLeaf.Make("*.example.com");
        using var own = leaf.GetECDsaPrivateKey()!;
        var pem = Encoding.ASCII.GetBytes(leaf.ExportCertificatePem() + "\n" + own.ExportPkcs8PrivateKeyPem());
        using var inspection = CertificateInspector.Inspect(pem, new InspectionOptions { Now = TimeProvider.System.GetUtcNow(), AllowSelfSigned = true });
        await services.GetRequiredService<CertificateUploads>().StoreAsync(Certificate, inspection, new LineageDetails(), CancellationToken.None);
        var registry = services.GetRequiredService<TargetRegistry>();
        await Parallel.ForEachAsync(Domains(), async (domain, token) => await registry.CreateAsync(
            new TargetDescription
            {
                Name = domain.Replace('.', '-'),
                Kind = "tencent-cdn",
                Settings = JsonSerializer.SerializeToElement(new { account = "tencent", domains = (string[])[domain] }),
                Certificate = Certificate,
                Endpoints = [new Endpoint(domain, edge) { Addresses = ["127.0.0.1"] }],
            },
            token));
    }

    private static async Task MeasureAsync(ServiceProvider services, Process site)
    {
        var before = await CallsAsync(site);
        var watch = Stopwatch.StartNew();
        var rollout = await services.GetRequiredService<RolloutStart>().StartAsync(new RolloutRequest(Certificate, null, null, [], "benchmark"), "benchmark", "benchmark", CancellationToken.None);
        RolloutSummary summary;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, CancellationToken.None);
            summary = (await services.GetRequiredService<RolloutSummaries>().ReadAsync(rollout, CancellationToken.None))!;
        }
        while (summary.Rollout.State == RolloutState.Running && watch.Elapsed < TimeSpan.FromMinutes(15));

        var verified = summary.Steps.Count(static step => step.State == StepState.Verified);
        var calls = await CallsAsync(site) - before;
        using var self = Process.GetCurrentProcess();
        Console.WriteLine($"{verified:N0} of {Targets:N0} targets verified after {watch.Elapsed.TotalSeconds:N1} s, {calls / (double)Targets:N2} calls a target, at most {self.PeakWorkingSet64 / 1048576.0:N0} MB resident");
        foreach (var step in summary.Steps.Where(static step => step.State != StepState.Verified).Take(5))
            Console.WriteLine($"  {step.Target}: {step.State} {step.Message}");
    }

    private static async Task<int> CallsAsync(Process site)
    {
        await site.StandardInput.WriteLineAsync();
        await site.StandardInput.FlushAsync();
        return int.Parse((await site.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
    }
}
