using System.Collections.Concurrent;
using Azure.Core.Pipeline;
using Certrelay.App;
using Certrelay.Simulators.KeyVault;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Tests.Support;

/// <summary>
/// Where the product keeps its keys while a suite runs: in the embedded vault, or, with <c>CERTRELAY_SUITE_VAULT=keyvault</c>, in a Key Vault on the simulator, one for
/// each data folder.
/// </summary>
internal static class SuiteVault
{
    private const string Variable = "CERTRELAY_SUITE_VAULT";

    private static readonly ConcurrentDictionary<string, SimulatedVault> Vaults = new(StringComparer.Ordinal);
    private static readonly Lazy<KeyVaultSimulator> Started = new(static () => KeyVaultSimulator.StartAsync(TimeProvider.System).GetAwaiter().GetResult());
    private static readonly Lazy<HttpClientTransport> Transport = new(static () => new HttpClientTransport(Simulator.NewHandler()));

    /// <summary>What holds the Key Vaults.</summary>
    public static KeyVaultSimulator Simulator => Started.Value;

    private static bool IsKeyVault { get; } = Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" => false,
        "keyvault" => true,
        var other => throw new InvalidOperationException($"{Variable} is keyvault or absent, not {other}."),
    };

    /// <summary>The settings with the vault that the run is for, unless they name one. Its clock is the product's, where that is not the real one.</summary>
    public static Settings InSuiteVault(this Settings settings, TimeProvider? time = null) => Of(settings.DataFolder, time) is not { } vault || settings.Vault.Uri is not null ? settings : settings with
    {
        Vault = settings.Vault with
        {
            Uri = vault.Address.ToString(),
            TenantId = KeyVaultSimulator.TenantId,
            ClientId = KeyVaultSimulator.ClientId,
            ClientSecret = Simulator.ClientSecret,
        },
    };

    /// <summary>Lets the Key Vault client reach the simulator.</summary>
    public static IServiceCollection AddSuiteVault(this IServiceCollection services) => IsKeyVault ? services.AddSingleton<HttpPipelineTransport>(Transport.Value) : services;

    /// <summary>The Key Vault of a data folder; null when keys lie in the folder itself.</summary>
    public static SimulatedVault? Of(string dataFolder, TimeProvider? time = null) =>
        IsKeyVault ? Vaults.GetOrAdd(Path.GetFullPath(dataFolder), static (_, time) => Simulator.NewVault(time), time) : null;
}
