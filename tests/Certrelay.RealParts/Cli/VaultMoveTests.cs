using Certrelay.App;
using Certrelay.App.Embedded;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.RealParts.Support;
using Certrelay.Records;
using Certrelay.Simulators.KeyVault;
using Certrelay.Targets.Accounts;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Cli;

/// <summary>The verb as a process: with the managed identity of an app, under the real names of Azure, over TLS that it checks.</summary>
public sealed class VaultMoveTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private KeyVaultSimulator _simulator = null!;
    private SimulatedVault _vault = null!;
    private ConnectProxy _proxy = null!;

    public async Task InitializeAsync()
    {
        _simulator = await KeyVaultSimulator.StartAsync(TimeProvider.System);
        _vault = _simulator.NewVault();
        _proxy = new ConnectProxy(_simulator.Endpoint.Port);
        await File.WriteAllTextAsync(_folder["root.pem"], _simulator.Root.ExportCertificatePem());
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _simulator.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task One_command_brings_the_keys_to_Key_Vault_and_a_host_works_with_them()
    {
        await AccountAsync();

        using var served = CertrelayProcess.Start(Environment(), "serve", "--data", _folder["data"], "--url", "http://127.0.0.1:0");
        Assert.Equal(2, await served.ExitAsync());
        Assert.Contains("vault.not-moved", served.Errors, StringComparison.Ordinal);

        using var move = CertrelayProcess.Start(Environment(), "vault", "move", "--data", _folder["data"]);
        Assert.True(await move.ExitAsync() == 0, move.Output);

        Assert.Contains(move.Lines, line => line.StartsWith($"1 versions are in {_vault.Address}", StringComparison.Ordinal));
        Assert.DoesNotContain("the secret", move.Output, StringComparison.Ordinal);
        Assert.Equal(["acc-prod"], _vault.Names);
        Assert.Single(Directory.GetDirectories(_folder["data"], "vault-moved-*"));
        using var host = CertrelayProcess.Start(Environment(), "serve", "--data", _folder["data"], "--url", "http://127.0.0.1:0");
        Assert.True(await host.SaysAsync(line => line.StartsWith("Certrelay listens", StringComparison.Ordinal)), host.Output);
    }

    [Fact]
    public async Task A_host_that_serves_the_folder_is_in_the_way()
    {
        await AccountAsync();
        using var host = CertrelayProcess.Start("serve", "--data", _folder["data"], "--url", "http://127.0.0.1:0");
        Assert.True(await host.SaysAsync(line => line.StartsWith("Certrelay listens", StringComparison.Ordinal)), host.Output);

        using var move = CertrelayProcess.Start(Environment(), "vault", "move", "--data", _folder["data"]);

        Assert.Equal(2, await move.ExitAsync());
        Assert.Contains("Stop it first", move.Errors, StringComparison.Ordinal);
        Assert.Empty(_vault.Names);
    }

    [Theory]
    [InlineData("no Key Vault", false, "Set Vault:Uri")]
    [InlineData("no embedded vault", true, "There is no vault in")]
    public async Task A_move_from_nowhere_or_to_nowhere_is_refused(string fault, bool named, string says)
    {
        using var move = CertrelayProcess.Start(named ? Environment() : new Dictionary<string, string>(), "vault", "move", "--data", _folder["typo"]);

        Assert.True(await move.ExitAsync() == 2, $"{fault}: {move.Output}");
        Assert.Contains(says, move.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["typo"]));
    }

    private Dictionary<string, string> Environment() => new(_simulator.ManagedIdentity, StringComparer.Ordinal)
    {
        ["Vault__Uri"] = _vault.Address.ToString(),
        ["Vault__ClientId"] = KeyVaultSimulator.ClientId,
        ["HTTPS_PROXY"] = _proxy.Address,
        ["NO_PROXY"] = "",
        ["SSL_CERT_FILE"] = _folder["root.pem"],
    };

    private async Task AccountAsync()
    {
        var data = new EmbeddedData(new Settings { DataFolder = _folder["data"] }, TimeProvider.System);
        await using var database = await data.Database;
        var store = new SqliteRecordStore(database);
        var account = new AccountDescription { Name = "prod", Vendor = CloudVendor.Aws, KeyId = "AKIAIOSFODNN7EXAMPLE", Key = new AccountSecret("the secret"u8.ToArray(), null, null) };
        await new AccountRegistry(store, await data.Vault, new Due(store), TimeProvider.System).CreateAsync(account, CancellationToken.None);
    }
}
