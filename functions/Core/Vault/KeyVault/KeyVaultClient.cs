using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;

namespace Certrelay.Vault.KeyVault;

/// <summary>Makes the client of a Key Vault. It tries nothing twice by itself: who calls the vault knows when to come back.</summary>
public static class KeyVaultClient
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>A client for the vault; calls nothing yet. <paramref name="transport"/> carries the requests to the vault and to the identity platform; null: the framework's.</summary>
    public static SecretClient Create(KeyVaultOptions options, HttpPipelineTransport? transport = null) =>
        // The oldest version with all that is used here; sovereign clouds get the newer ones late.
        new(options.Address, CredentialOf(options, transport), Calm(new SecretClientOptions(SecretClientOptions.ServiceVersion.V7_4), transport));

    private static TokenCredential CredentialOf(KeyVaultOptions options, HttpPipelineTransport? transport)
    {
        if (options.ClientSecret is not { } secret)
        {
            var identity = options.ClientId is { } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned;
            return new ManagedIdentityCredential(Calm(new ManagedIdentityCredentialOptions(identity), transport));
        }

        var application = new ClientSecretCredentialOptions();
        if (options.Authority is { } authority)
            application.AuthorityHost = authority;
        return new ClientSecretCredential(options.TenantId, options.ClientId, secret, Calm(application, transport));
    }

    private static T Calm<T>(T options, HttpPipelineTransport? transport)
        where T : ClientOptions
    {
        options.Retry.MaxRetries = 0;
        options.Retry.NetworkTimeout = Timeout;
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsLoggingContentEnabled = false;
        if (transport is not null)
            options.Transport = transport;
        return options;
    }
}
