namespace Certrelay.Vault.KeyVault;

/// <summary>Which Azure Key Vault holds the secrets, and as whom it is called: the managed identity of this host, or an application with a client secret.</summary>
/// <param name="Address">The vault: <c>https://name.vault.azure.net</c>.</param>
public sealed record KeyVaultOptions(Uri Address)
{
    /// <summary>The application, or the user-assigned identity; null: the identity that the system has.</summary>
    public string? ClientId { get; init; }

    /// <summary>The application's directory; needed with <see cref="ClientSecret"/>.</summary>
    public string? TenantId { get; init; }

    /// <summary>Null: a managed identity.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>Where tokens are asked for; null: the public cloud.</summary>
    public Uri? Authority { get; init; }

    public override string ToString() => Address.ToString();
}
