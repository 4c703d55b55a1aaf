using Certrelay.App.Http;
using Certrelay.Records;
using Certrelay.Targets.Accounts;

namespace Certrelay.App.Triggers;

/// <summary>A new account.</summary>
public sealed record AccountRequest : IDisposable
{
    public required string Name { get; init; }

    public required CloudVendor Vendor { get; init; }

    /// <summary>Which of the vendor's separate clouds; absent: alibaba, huawei and tencent <c>china</c>, aws <c>aws</c>, azure <c>public</c>.</summary>
    public string? Site { get; init; }

    /// <summary>Where a target names no region of its own.</summary>
    public string? Region { get; init; }

    /// <summary>The directory (tenant) id; Azure only.</summary>
    public string? Tenant { get; init; }

    /// <summary>The access key id; the application (client) id at Azure.</summary>
    public required string KeyId { get; init; }

    public required SecretText Secret { get; init; }

    /// <summary>The session token of a temporary key.</summary>
    public SecretText? SessionToken { get; init; }

    public DateTimeOffset? SessionExpires { get; init; }

    public string? Reason { get; init; }

    internal AccountDescription Describe() => new()
    {
        Name = Name,
        Vendor = Vendor,
        Site = Site,
        Region = Region,
        Tenant = Tenant,
        KeyId = KeyId,
        Key = new AccountSecret(Secret.Bytes, SessionToken?.Bytes, SessionExpires),
    };

    public void Dispose()
    {
        Secret.Dispose();
        SessionToken?.Dispose();
    }
}

/// <summary>A change of an account: what is absent stays. A new secret replaces the whole key, its session token included.</summary>
public sealed record AccountChange : IDisposable
{
    public string? Site { get; init; }

    /// <summary>Empty: none.</summary>
    public string? Region { get; init; }

    public string? Tenant { get; init; }

    /// <summary>With <see cref="Secret"/>; absent: the same key id has a new secret.</summary>
    public string? KeyId { get; init; }

    public SecretText? Secret { get; init; }

    public SecretText? SessionToken { get; init; }

    public DateTimeOffset? SessionExpires { get; init; }

    public string? Reason { get; init; }

    /// <summary>The parts of a key that come without its secret.</summary>
    internal IEnumerable<string> Orphans(AccountRecord old)
    {
        if (Secret is not null)
            yield break;
        if (KeyId is not null && KeyId != old.KeyId)
            yield return "keyId";
        if (SessionToken is not null)
            yield return "sessionToken";
        if (SessionExpires is not null)
            yield return "sessionExpires";
    }

    internal AccountDescription Describe(AccountRecord old) => new()
    {
        Name = old.Name,
        Vendor = old.Vendor,
        Site = Site ?? old.Site,
        Region = Region is null ? old.Region : Region.Length == 0 ? null : Region,
        Tenant = Tenant ?? old.Tenant,
        KeyId = KeyId ?? old.KeyId,
        Key = Secret is { } secret ? new AccountSecret(secret.Bytes, SessionToken?.Bytes, SessionExpires) : null,
    };

    public void Dispose()
    {
        Secret?.Dispose();
        SessionToken?.Dispose();
    }
}

/// <summary>An account without its secret, which never comes back.</summary>
public sealed record AccountView
{
    public required string Name { get; init; }

    public required CloudVendor Vendor { get; init; }

    public required string Site { get; init; }

    public string? Region { get; init; }

    public string? Tenant { get; init; }

    // Whole: to every vendor this is an identifier, not a secret (it travels in clear in signed requests, pre-signed URLs and their audit logs), and who rotates a
    // key compares it with the vendor's list.
    public required string KeyId { get; init; }

    /// <summary>When the secret was last changed.</summary>
    public required DateTimeOffset SecretChanged { get; init; }

    /// <summary>True for a temporary key.</summary>
    public required bool HasSession { get; init; }

    /// <summary>When the temporary key ends, where that was told.</summary>
    public DateTimeOffset? SessionExpires { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Updated { get; init; }

    public static AccountView Of(AccountRecord account) => new()
    {
        Name = account.Name,
        Vendor = account.Vendor,
        Site = account.Site,
        Region = account.Region,
        Tenant = account.Tenant,
        KeyId = account.KeyId,
        SecretChanged = account.SecretChanged,
        HasSession = account.HasSession,
        SessionExpires = account.SessionExpires,
        Created = account.Created,
        Updated = account.Updated,
    };
}
