using Certrelay.Records;

namespace Certrelay.Targets.Accounts;

/// <summary>What an account's key consists of beside its id; the bytes stay the caller's to zero.</summary>
/// <param name="Secret">The access key secret, or the client secret at Azure.</param>
/// <param name="SessionToken">The token of a temporary key; null for a lasting one.</param>
/// <param name="SessionExpires">When the temporary key ends, where it is known.</param>
public readonly record struct AccountSecret(ReadOnlyMemory<byte> Secret, ReadOnlyMemory<byte>? SessionToken, DateTimeOffset? SessionExpires)
{
    // A record prints its members.
    public override string ToString() => "[secret]";
}

/// <summary>An account as its owner describes it, before it is checked.</summary>
public sealed record AccountDescription
{
    public required string Name { get; init; }

    public required CloudVendor Vendor { get; init; }

    /// <summary>Null: the vendor's first one.</summary>
    public string? Site { get; init; }

    public string? Region { get; init; }

    public string? Tenant { get; init; }

    public required string KeyId { get; init; }

    /// <summary>Null: the one that is in the vault stays.</summary>
    public AccountSecret? Key { get; init; }
}
