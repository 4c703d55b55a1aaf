namespace Certrelay.Targets.Azure;

/// <summary>How others refer to a certificate of a Key Vault: <c>https://&lt;vault&gt;.vault.azure.net/secrets/&lt;name&gt;</c>, followed by a version when it is pinned.</summary>
internal sealed record SecretIdentifier(string Vault, string Name, string? Version)
{
    private const string Suffix = ".vault.azure.net";

    /// <summary>Reads an identifier of a secret or of a certificate; null for any other text.</summary>
    public static SecretIdentifier? TryParse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address is not { Scheme: "https", IsDefaultPort: true, Query: "", Fragment: "", UserInfo: "" }
            || !address.Host.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase))
            return null;
        return address.AbsolutePath.Trim('/').Split('/') is ["secrets" or "certificates", { Length: > 0 } name, .. var rest] && rest.Length <= 1
            ? new SecretIdentifier(address.Host[..^Suffix.Length], name, rest.FirstOrDefault())
            : null;
    }

    public bool IsOf(string vault, string name) => string.Equals(Vault, vault, StringComparison.OrdinalIgnoreCase) && string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);
}
