using Azure.Core.Pipeline;
using Certrelay.Vault.KeyVault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Certrelay.App;

/// <summary>Opens the Key Vault that the settings name, the same in both editions.</summary>
internal static class KeyVaultServices
{
    /// <summary>The vault; calls nothing yet. A registered <see cref="HttpPipelineTransport"/> carries its requests.</summary>
    public static AzureKeyVault Open(IServiceProvider provider, KeyVaultOptions options) => new(
        KeyVaultClient.Create(options, provider.GetService<HttpPipelineTransport>()),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<AzureKeyVault>>());
}
