using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Certrelay.App;
using Certrelay.App.Embedded;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Targets;
using Certrelay.Targets.Accounts;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Local;
using Certrelay.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Certrelay.Tests.Rollouts;

/// <summary>One process of the product on a data folder, without its HTTP side, and a folder of sites that it deploys to.</summary>
internal sealed class RolloutBench : IAsyncDisposable
{
    public const string Host = "www.example.test";

    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private readonly ServiceProvider _services;
    private readonly IHostedService[] _hosted;

    public RolloutBench(string folder, Action<IServiceCollection>? change = null, CloudOptions? clouds = null)
    {
        Folder = folder;
        var sites = Directory.CreateDirectory(Path.Combine(folder, "sites")).FullName;
        var settings = new Settings
        {
            DataFolder = Path.Combine(folder, "data"),
            // A simulated cluster's API is on loopback, as a vendor names it; nothing that a certificate names may be.
            Outgoing = new OutgoingOptions { AllowLoopbackEndpoints = true, Allow = clouds is null ? [] : ["127.0.0.0/8"] },
            Local = new LocalOptions
            {
                Roots = new Dictionary<string, string> { ["sites"] = sites },
                Commands = new Dictionary<string, LocalCommand>
                {
                    ["fails"] = new() { Argv = ["/bin/sh", "-c", "echo no such luck >&2; exit 3"] },
                    ["passes"] = new() { Argv = ["/bin/true"] },
                },
            },
            Clouds = clouds ?? new CloudOptions(),
            Rollouts = new RolloutSettings { LeaseSeconds = 2, ProbeTimeoutSeconds = 2 },
        };
        foreach (var site in Enumerable.Range(0, 64).Select(i => $"site-{i}"))
            ((Dictionary<string, LocalCommand>)settings.Local.Commands)[$"reload-{site}"] = new() { Argv = ["/bin/sh", "-c", $"echo reloaded >> {sites}/{site}/reloads"] };
        settings = settings.InSuiteVault();
        var collection = new ServiceCollection()
            .AddLogging(log => log.SetMinimumLevel(LogLevel.Warning))
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddCertrelay(settings)
            .AddEmbedded(new EmbeddedData(settings, TimeProvider.System))
            .AddSuiteVault();
        change?.Invoke(collection);
        _services = collection.BuildServiceProvider();
        _hosted = [.. _services.GetServices<IHostedService>()];
    }

    public string Folder { get; }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task StartAsync()
    {
        foreach (var hosted in _hosted)
            await hosted.StartAsync(CancellationToken.None);
        foreach (var hosted in _hosted.OfType<IHostedLifecycleService>())
            await hosted.StartedAsync(CancellationToken.None);
    }

    /// <summary>The folder of a site, with a pair in it that it serves already.</summary>
    public string Site(string name, TestCertificate? first = null)
    {
        var site = Directory.CreateDirectory(Path.Combine(Folder, "sites", name)).FullName;
        if (first is not null)
        {
            File.WriteAllText(Path.Combine(site, "fullchain.pem"), first.FullChainPem);
            File.WriteAllText(Path.Combine(site, "privkey.pem"), first.KeyPem);
            File.SetUnixFileMode(Path.Combine(site, "privkey.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return site;
    }

    public int Reloads(string site)
    {
        var log = Path.Combine(Folder, "sites", site, "reloads");
        return File.Exists(log) ? File.ReadAllLines(log).Length : 0;
    }

    public async Task<VersionRecord> UploadAsync(string name, TestCertificate leaf)
    {
        using var inspection = CertificateInspector.Inspect(Encoding.ASCII.GetBytes(leaf.FullChainPem + leaf.KeyPem), new InspectionOptions { Now = DateTimeOffset.UnixEpoch.AddYears(56).AddDays(300) });
        Assert.True(inspection.IsAccepted, string.Join(", ", inspection.Findings));
        return (await Get<CertificateUploads>().StoreAsync(name, inspection, new LineageDetails(), CancellationToken.None)).Version!;
    }

    public async Task TargetAsync(string name, string? certificate, IReadOnlyList<Endpoint> endpoints, string? reload = null, string? test = null, TimeSpan? window = null, OnPartial onPartial = OnPartial.Hold, string? folder = null)
    {
        var target = new TargetDescription
        {
            Name = name,
            Kind = "directory",
            Settings = JsonSerializer.SerializeToElement(new { root = "sites", folder = folder ?? name, reload = reload ?? $"reload-{folder ?? name}", test }, WithoutNulls),
            Certificate = certificate,
            Endpoints = endpoints,
            Window = window ?? TimeSpan.FromSeconds(6),
            OnPartial = onPartial,
        };
        await TargetAsync(target);
    }

    public async Task TargetAsync(TargetDescription target)
    {
        Assert.Empty(await Get<TargetRegistry>().CheckAsync(target, CancellationToken.None));
        await Get<TargetRegistry>().CreateAsync(target, CancellationToken.None);
    }

    /// <summary>An account with a secret; the key id must have its vendor's form.</summary>
    public async Task AccountAsync(string name, CloudVendor vendor, string keyId, string secret, string? token = null, string? site = null, string? region = null, string? tenant = null)
    {
        var account = new AccountDescription
        {
            Name = name,
            Vendor = vendor,
            KeyId = keyId,
            Site = site,
            Region = region,
            Tenant = tenant,
            Key = new AccountSecret(Encoding.ASCII.GetBytes(secret), token is null ? default(ReadOnlyMemory<byte>?) : Encoding.ASCII.GetBytes(token), null),
        };
        Assert.Empty(Get<AccountRegistry>().Check(account));
        await Get<AccountRegistry>().CreateAsync(account, CancellationToken.None);
    }

    public static Endpoint EndpointOf(TlsFileSite site, params string[] addresses) =>
        new(Host, site.Port) { Addresses = addresses.Length > 0 ? addresses : ["127.0.0.1"] };

    public async Task<string> RollOutAsync(string certificate, IReadOnlyList<string>? targets = null, params string[] overrides)
    {
        var request = new RolloutRequest(certificate, null, targets, overrides, "test");
        Assert.Empty(await Get<RolloutStart>().CheckAsync(request, CancellationToken.None));
        return await Get<RolloutStart>().StartAsync(request, "tester", "correlation", CancellationToken.None);
    }

    /// <summary>Waits until the rollout has settled and that is saved, which comes last of all, or until its steps are where the test wants them.</summary>
    public async Task<RolloutSummary> SettledAsync(string rollout, Func<RolloutSummary, bool>? until = null)
    {
        for (var i = 0; i < 600; i++)
        {
            var summary = (await Get<RolloutSummaries>().ReadAsync(rollout, CancellationToken.None))!;
            if (until?.Invoke(summary) ?? (summary.Rollout.State != RolloutState.Running && await SavedAsync(rollout) == summary.Rollout.State))
                return summary;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }

        var last = (await Get<RolloutSummaries>().ReadAsync(rollout, CancellationToken.None))!;
        Assert.Fail($"The rollout did not settle: {string.Join("; ", last.Steps.Select(step => $"{step.Target} {step.State} {step.Code} {step.Message}"))}");
        return last;
    }

    /// <summary>The state as the rollout's own record has it.</summary>
    public async Task<RolloutState> SavedAsync(string rollout) =>
        (await Get<IRecordStore>().ReadAsync<RolloutRecord>(RolloutRecord.Key(rollout), CancellationToken.None))!.Value.State;

    public async Task<IReadOnlyList<JournalRecord>> JournalAsync(string rollout, string target)
    {
        var lines = new List<JournalRecord>();
        await foreach (var line in Get<IRecordStore>().ReadRangeAsync<JournalRecord>(Tables.Rollouts, rollout, RowRange.StartingWith($"j.{target}."), CancellationToken.None))
            lines.Add(line.Value);
        return lines;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in _hosted)
            await hosted.StopAsync(new CancellationToken(canceled: true));
        await _services.DisposeAsync();
    }
}
