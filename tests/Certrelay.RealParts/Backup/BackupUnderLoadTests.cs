using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Certrelay.App;
using Certrelay.App.Embedded;
using Certrelay.App.Embedded.Backup;
using Certrelay.Outgoing;
using Certrelay.RealParts.Support;
using Certrelay.Records;
using Certrelay.Targets.Local;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.RealParts.Backup;

public sealed class BackupUnderLoadTests : IDisposable
{
    private const int Most = 20;

    private readonly TemporaryFolder _folder = new();

    [RealFact("sh")]
    public async Task A_backup_taken_while_the_host_works_restores_a_host_that_deploys_every_certificate()
    {
        await using (var app = await RunningApp.StartAsync(Settings("data"), embeddedVault: true))
        {
            for (var i = 0; i < 3; i++)
                await app.UploadAsync($"before-{i}", IssuedChain.Of(RolloutBench.Host));
            using var stop = new CancellationTokenSource();
            var load = Task.Run(() => LoadAsync(app, stop.Token));
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);

            DataBackup.Write(new DataFolder(_folder["data"]), new MasterKeyFile(_folder["master.key"]), _folder["backup"], TimeProvider.System, CancellationToken.None);

            await stop.CancelAsync();
            Assert.True(await load > 0, "Nothing was uploaded meanwhile.");
        }

        DataBackup.Restore(_folder["backup"], new DataFolder(_folder["restored"]), new MasterKeyFile(_folder["master.key"]), CancellationToken.None);

        await using var restored = await RunningApp.StartAsync(Settings("restored"), embeddedVault: true);
        var (status, report) = await restored.SendAsync(HttpMethod.Get, "/api/audit/verify");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Empty(report!["faults"]!.AsArray());
        var certificates = (await restored.SendAsync(HttpMethod.Get, "/api/certificates?limit=500")).Body!["items"]!.AsArray().Select(static one => (string)one!["name"]!).ToList();
        Assert.Superset(new HashSet<string>(["before-0", "before-1", "before-2"]), certificates.ToHashSet());
        foreach (var certificate in certificates)
            await DeployAsync(restored, certificate);
    }

    public void Dispose() => _folder.Dispose();

    private Settings Settings(string data)
    {
        var sites = Directory.CreateDirectory(_folder["sites"]).FullName;
        return new Settings
        {
            DataFolder = _folder[data],
            Vault = new VaultSettings { MasterKeyFile = _folder["master.key"] },
            Outgoing = new OutgoingOptions { AllowLoopbackEndpoints = true },
            Local = new LocalOptions
            {
                Roots = new Dictionary<string, string> { ["sites"] = sites },
                Commands = Enumerable.Range(0, Most).SelectMany(static i => new[] { $"before-{i}", $"during-{i}" })
                    .ToDictionary(static name => $"reload-{name}", name => new LocalCommand { Argv = ["/bin/sh", "-c", $"echo reloaded >> {sites}/{name}/reloads"] }),
            },
        };
    }

    /// <summary>Uploads, and seals the audit trail, until it is stopped; returns how many uploads there were.</summary>
    private static async Task<int> LoadAsync(RunningApp app, CancellationToken stop)
    {
        var uploads = 0;
        for (; !stop.IsCancellationRequested && uploads < Most; uploads++)
        {
            await app.UploadAsync($"during-{uploads}", IssuedChain.Of(RolloutBench.Host));
            await app.Services.GetRequiredService<AuditSeals>().SealAsync(DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime), CancellationToken.None);
        }

        return uploads;
    }

    private async Task DeployAsync(RunningApp app, string certificate)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder["sites"], certificate)).FullName;
        var first = IssuedChain.Of(RolloutBench.Host);
        await File.WriteAllTextAsync(Path.Combine(folder, "fullchain.pem"), $"{PemEncoding.WriteString("CERTIFICATE", first.Leaf)}\n{PemEncoding.WriteString("CERTIFICATE", first.Intermediate)}\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "privkey.pem"), first.KeyPem);
        await using var server = new TlsFileSite(folder);
        await app.TargetAsync(new
        {
            name = certificate,
            kind = "directory",
            certificate,
            settings = new { root = "sites", folder = certificate, reload = $"reload-{certificate}" },
            endpoints = new[] { new { host = RolloutBench.Host, port = server.Port, addresses = new[] { "127.0.0.1" } } },
        });
        using var content = JsonContent.Create(new { certificate, reason = "test" });
        var (status, rollout) = await app.SendAsync(HttpMethod.Post, "/api/rollouts?wait=60s", content);
        Assert.True(status == HttpStatusCode.OK && (string)rollout!["state"]! == "verified", $"{certificate}: {status} {rollout}");
    }
}
