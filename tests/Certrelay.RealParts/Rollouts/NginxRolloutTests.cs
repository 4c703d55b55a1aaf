using System.Diagnostics;
using System.Net;
using Certrelay.App;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.RealParts.Support;
using Certrelay.Targets.Local;
using Certrelay.Vault;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Certrelay.RealParts.Rollouts;

/// <summary>The whole way on real servers: uploaded over HTTP, brought to nginx, proven by handshakes or brought back.</summary>
public sealed class NginxRolloutTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Name = "shop.example.com";
    private readonly IssuedChain _old = IssuedChain.Of(Name);
    private readonly IssuedChain _new = IssuedChain.Of(Name);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certrelay-");
    private readonly List<NginxServer> _servers = [];
    private RunningApp _app = null!;

    private string Certificate => Path.Combine(_folder.FullName, "tls", "fullchain.pem");

    private string Key => Path.Combine(_folder.FullName, "tls", "privkey.pem");

    [RealFact("nginx")]
    public async Task Of_three_masters_on_one_folder_the_one_that_was_not_reloaded_makes_it_partial_until_it_is()
    {
        await StartAsync(["127.0.0.2", "127.0.0.3", "127.0.0.4"], reloaded: 2);
        await TargetAsync(["127.0.0.2", "127.0.0.3", "127.0.0.4"]);
        var watch = Stopwatch.StartNew();

        var rollout = await _app.RollOutAsync("shop");
        var partial = await _app.WhenAsync(rollout, "partial");

        output.WriteLine($"partial after {watch.Elapsed.TotalSeconds:0.0} s");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"partial took {watch.Elapsed}");
        var step = partial["steps"]![0]!;
        var message = step["message"]!.GetValue<string>();
        Assert.Contains("127.0.0.4", message, StringComparison.Ordinal);
        Assert.Contains(_old.Fingerprint.Hex, message, StringComparison.Ordinal);
        Assert.Contains(_new.Fingerprint.Hex, message, StringComparison.Ordinal);

        await _servers[2].ReloadAsync();
        watch.Restart();
        await _app.WhenAsync(rollout, "verified");
        output.WriteLine($"verified {watch.Elapsed.TotalSeconds:0.0} s after the reload by hand");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"verified took {watch.Elapsed}");
    }

    [RealFact("nginx")]
    public async Task A_configuration_that_is_broken_before_blocks_with_bytes_inodes_and_times_unchanged()
    {
        await StartAsync(["127.0.0.2"]);
        await TargetAsync(["127.0.0.2"]);
        var before = await EntriesAsync();
        _servers[0].BreakConfiguration();

        var failed = await _app.WhenAsync(await _app.RollOutAsync("shop"), "failed");

        var step = failed["steps"]![0]!;
        Assert.Equal(("blocked", "target.test-failed"), (step["state"]!.GetValue<string>(), step["code"]!.GetValue<string>()));
        Assert.Equal(before, await EntriesAsync());
        Assert.Equal(_old.Fingerprint, await OpenSslSeesAsync(_servers[0]));
    }

    [RealFact("nginx", "openssl")]
    public async Task A_breakage_only_after_the_swap_brings_the_former_files_back_and_the_old_leaf_is_served()
    {
        // The key is good for nginx's test of the configuration; the reload itself is what fails.
        await StartAsync(["127.0.0.2"], reload: ["/bin/sh", "-c", "echo the master is gone >&2; exit 1"]);
        await TargetAsync(["127.0.0.2"]);
        var (certificate, key) = (await File.ReadAllBytesAsync(Certificate), await File.ReadAllBytesAsync(Key));
        var mode = File.GetUnixFileMode(Key);

        var rolledBack = await _app.WhenAsync(await _app.RollOutAsync("shop"), "rolled-back");

        Assert.Equal("target.reload-failed", rolledBack["steps"]![0]!["code"]!.GetValue<string>());
        Assert.Equal(certificate, await File.ReadAllBytesAsync(Certificate));
        Assert.Equal(key, await File.ReadAllBytesAsync(Key));
        Assert.Equal(mode, File.GetUnixFileMode(Key));
        Assert.Equal(_old.Fingerprint, await OpenSslSeesAsync(_servers[0]));
        Assert.Equal(["fullchain.pem", "privkey.pem"], Directory.GetFileSystemEntries(Path.GetDirectoryName(Key)!).Select(Path.GetFileName).Order());
        var backups = new List<string>();
        await foreach (var name in _app.Services.GetRequiredService<IVault>().NamesAsync("rb-", CancellationToken.None))
            backups.Add(name);
        Assert.Equal($"rb-{rolledBack["id"]!.GetValue<string>()}-web", Assert.Single(backups));
    }

    [RealFact("nginx", "openssl")]
    public async Task An_uploaded_certificate_is_served_with_its_chain()
    {
        await StartAsync(["127.0.0.2", "127.0.0.3"]);
        await TargetAsync(["127.0.0.2", "127.0.0.3"]);

        await _app.WhenAsync(await _app.RollOutAsync("shop"), "verified");

        foreach (var server in _servers)
            Assert.Equal(_new.Fingerprint, await OpenSslSeesAsync(server));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        foreach (var server in _servers)
            server.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task StartAsync(string[] addresses, int? reloaded = null, string[]? reload = null)
    {
        var tls = _folder.CreateSubdirectory("tls");
        _old.Write(Certificate, Key);
        File.SetUnixFileMode(Key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var port = 0;
        foreach (var address in addresses.Select(IPAddress.Parse))
        {
            port = port == 0 ? RealProcess.FreePort(address) : port;
            _servers.Add(await NginxServer.StartAsync(new NginxSite(address, port, Certificate, Key)));
        }

        var reloads = _servers.Take(reloaded ?? _servers.Count).Select(server => string.Join(' ', server.ReloadArgv));
        _app = await RunningApp.StartAsync(new Settings
        {
            DataFolder = Path.Combine(_folder.FullName, "data"),
            Outgoing = new OutgoingOptions { AllowLoopbackEndpoints = true },
            Local = new LocalOptions
            {
                Roots = new Dictionary<string, string> { ["tls"] = tls.FullName },
                Commands = new Dictionary<string, LocalCommand>
                {
                    ["nginx-test"] = new() { Argv = _servers[0].TestArgv },
                    ["nginx-reload"] = new() { Argv = reload ?? ["/bin/sh", "-c", string.Join(" && ", reloads)] },
                },
            },
        });
        await _app.UploadAsync("shop", _new);
    }

    private Task TargetAsync(string[] addresses) => _app.TargetAsync(new
    {
        name = "web",
        kind = "nginx",
        settings = new { root = "tls", test = "nginx-test", reload = "nginx-reload" },
        certificate = "shop",
        endpoints = new[] { new { host = Name, port = _servers[0].Port, addresses } },
        windowSeconds = 6,
    });

    /// <summary>Name, inode, mode, owner, size and time of each file, and its bytes.</summary>
    private async Task<string> EntriesAsync() =>
        await RealProcess.RunAsync("ls", "-lAi", "--time-style=full-iso", Path.GetDirectoryName(Key)!)
            + Convert.ToHexString(await File.ReadAllBytesAsync(Certificate)) + Convert.ToHexString(await File.ReadAllBytesAsync(Key));

    /// <summary>The leaf that an independent client is shown.</summary>
    private static async Task<Fingerprint> OpenSslSeesAsync(NginxServer server)
    {
        var shown = await RealProcess.RunAsync(
            "/bin/sh", "-c",
            $"openssl s_client -connect {server.Address}:{server.Port} -servername {Name} </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256");
        return Fingerprint.Parse(shown.Trim().Split('=')[1]);
    }
}
