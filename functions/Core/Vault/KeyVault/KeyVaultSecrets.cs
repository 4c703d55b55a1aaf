using System.Collections.Concurrent;
using Azure;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Logging;

namespace Certrelay.Vault.KeyVault;

/// <summary>The calls to Key Vault, each with its failures in the vault's two kinds, and with the recovery of what somebody else deleted.</summary>
internal sealed partial class KeyVaultSecrets(SecretClient client, TimeProvider time, ILogger logger)
{
    // While a recovery runs the vault shows the secret neither here nor among the deleted.
    private static readonly TimeSpan Recovering = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, long> _recovered = new(StringComparer.Ordinal);

    /// <summary>Adds a version. A name that is deleted and not yet gone is recovered first, for no new one can be made under it.</summary>
    public Task<VaultReference> SetAsync(string name, string text, string type, IReadOnlyDictionary<string, string>? tags, CancellationToken cancellationToken) =>
        KeyVaultFault.RunAsync(
            async () =>
            {
                var secret = new KeyVaultSecret(name, text) { Properties = { ContentType = type } };
                foreach (var tag in tags ?? new Dictionary<string, string>())
                    secret.Properties.Tags.Add(tag.Key, tag.Value);
                for (var again = false; ; again = true)
                {
                    try
                    {
                        var written = await client.SetSecretAsync(secret, cancellationToken);
                        return new VaultReference(name, written.Value.Properties.Version);
                    }
                    catch (RequestFailedException conflict) when (conflict.Status == 409 && !again)
                    {
                        if (await FindDeletedAsync(name, cancellationToken) is null)
                            throw;
                        await RecoverAsync(name, cancellationToken);
                    }
                }
            },
            cancellationToken);

    /// <summary>A version with its value; null when there is none, when it is disabled, and when the product removed it.</summary>
    public Task<KeyVaultSecret?> GetAsync(VaultReference reference, CancellationToken cancellationToken) =>
        KeyVaultFault.RunAsync(
            async () =>
            {
                var (secret, disabled) = await TryGetAsync(reference, cancellationToken);
                if (secret is not null || disabled)
                    return secret;
                if (IsRecovering(reference.Name))
                    throw Settling(reference.Name);
                // The product disables what it removes; a name that is deleted with an enabled version was deleted by somebody else.
                if (await FindDeletedAsync(reference.Name, cancellationToken) is not { Properties.Enabled: not false })
                    return null;
                await RecoverAsync(reference.Name, cancellationToken);
                (secret, disabled) = await TryGetAsync(reference, cancellationToken);
                return secret is null && !disabled ? throw Settling(reference.Name) : secret;
            },
            cancellationToken);

    /// <summary>The versions of a name without their values, in no order; none when there is no such name.</summary>
    public Task<List<SecretProperties>> VersionsAsync(string name, CancellationToken cancellationToken) =>
        KeyVaultFault.RunAsync(() => ListAsync(name, cancellationToken), cancellationToken);

    /// <summary>Every name in the vault, in no order.</summary>
    public Task<List<string>> NamesAsync(CancellationToken cancellationToken) =>
        KeyVaultFault.RunAsync(
            () => client.GetPropertiesOfSecretsAsync(cancellationToken).Select(static secret => secret.Name).ToListAsync(cancellationToken).AsTask(), cancellationToken);

    /// <summary>Disables a version; no error when there is none.</summary>
    public Task<bool> DisableAsync(VaultReference reference, CancellationToken cancellationToken) =>
        KeyVaultFault.RunAsync(
            async () =>
            {
                try
                {
                    var version = new SecretProperties(new Uri(client.VaultUri, $"/secrets/{reference.Name}/{reference.Version}")) { Enabled = false };
                    await client.UpdateSecretPropertiesAsync(version, cancellationToken);
                    return true;
                }
                catch (RequestFailedException gone) when (gone.Status == 404)
                {
                    return false;
                }
            },
            cancellationToken);

    /// <summary>Deletes a name with all its versions, as far as the vault's soft delete goes; no error when it is gone already.</summary>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) =>
        KeyVaultFault.RunAsync(
            async () =>
            {
                try
                {
                    await client.StartDeleteSecretAsync(name, cancellationToken);
                    return true;
                }
                catch (RequestFailedException gone) when (gone.Status == 404)
                {
                    return false;
                }
            },
            cancellationToken);

    private async Task<(KeyVaultSecret? Secret, bool Disabled)> TryGetAsync(VaultReference reference, CancellationToken cancellationToken)
    {
        try
        {
            var secret = (await client.GetSecretAsync(reference.Name, reference.Version, cancellationToken)).Value;
            _recovered.TryRemove(reference.Name, out _);
            return (secret, false);
        }
        catch (RequestFailedException absent) when (absent.Status == 404)
        {
            return (null, false);
        }
        catch (RequestFailedException denied) when (denied.Status == 403)
        {
            // The same status says that the version is disabled and that the caller has no right to it.
            var version = (await ListAsync(reference.Name, cancellationToken)).Find(found => string.Equals(found.Version, reference.Version, StringComparison.Ordinal));
            if (version is { Enabled: false })
                return (null, true);
            throw;
        }
    }

    private async Task<List<SecretProperties>> ListAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetPropertiesOfSecretVersionsAsync(name, cancellationToken).ToListAsync(cancellationToken);
        }
        catch (RequestFailedException absent) when (absent.Status == 404)
        {
            return [];
        }
    }

    private async Task<DeletedSecret?> FindDeletedAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetDeletedSecretAsync(name, cancellationToken)).Value;
        }
        catch (RequestFailedException absent) when (absent.Status == 404)
        {
            return null;
        }
    }

    private async Task RecoverAsync(string name, CancellationToken cancellationToken)
    {
        _recovered[name] = time.GetTimestamp();
        try
        {
            await client.StartRecoverDeletedSecretAsync(name, cancellationToken);
        }
        catch (RequestFailedException another) when (another.Status is 404 or 409)
        {
            // Somebody else was faster.
            throw Settling(name);
        }

        Log.Recovered(logger, name);
    }

    private bool IsRecovering(string name) => _recovered.TryGetValue(name, out var since) && time.GetElapsedTime(since) < Recovering;

    private static Transient Settling(string name) =>
        KeyVaultFault.Later("vault.recovering", $"{name} had been deleted in Key Vault and is being recovered.", KeyVaultFault.Settling);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Name} had been deleted in Key Vault by somebody else; it is recovered")]
        public static partial void Recovered(ILogger logger, string name);
    }
}
