using Azure.Core.Pipeline;
using Certrelay.Simulators.KeyVault;
using Certrelay.Vault.KeyVault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Certrelay.Tests.Vault.KeyVault;

/// <summary>A Key Vault simulator for a class of tests, each of which opens a vault of its own there with the real client.</summary>
public sealed class KeyVaultSite : IAsyncLifetime
{
    private HttpClientTransport _transport = null!;

    internal SteppedTime Time { get; } = new();

    public KeyVaultSimulator Simulator { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Simulator = await KeyVaultSimulator.StartAsync(Time);
        _transport = new HttpClientTransport(Simulator.NewHandler());
    }

    public async Task DisposeAsync()
    {
        _transport.Dispose();
        await Simulator.DisposeAsync();
    }

    /// <summary>Opens a vault as another process would: nothing is shared with the other openings.</summary>
    public AzureKeyVault Open(SimulatedVault vault, TimeProvider? time = null, string? clientSecret = null)
    {
        var options = new KeyVaultOptions(vault.Address)
        {
            TenantId = KeyVaultSimulator.TenantId,
            ClientId = KeyVaultSimulator.ClientId,
            ClientSecret = clientSecret ?? Simulator.ClientSecret,
        };
        return new AzureKeyVault(KeyVaultClient.Create(options, _transport), time ?? Time, NullLogger<AzureKeyVault>.Instance);
    }
}
