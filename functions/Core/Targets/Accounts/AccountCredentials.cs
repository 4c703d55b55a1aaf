using System.Diagnostics;
using Certrelay.Records;
using Certrelay.Vault;

namespace Certrelay.Targets.Accounts;

/// <summary>An account with its secret opened, for one piece of work: cannot print itself, and disposal zeroes the secret.</summary>
[DebuggerDisplay("[account]")]
public sealed class AccountCredentials : IDisposable
{
    // No secret and no token holds one: both are visible ASCII.
    private const byte Joint = (byte)'\n';

    private readonly Secret _value;
    private readonly int _end;

    internal AccountCredentials(AccountRecord account, Secret value)
    {
        (Name, Vendor, Site, Region, Tenant, KeyId, Credentials, _value) =
            (account.Name, account.Vendor, account.Site, account.Region, account.Tenant, account.KeyId, account.Credentials, value);
        _end = value.Bytes.IndexOf(Joint);
    }

    public string Name { get; }

    public CloudVendor Vendor { get; }

    public string Site { get; }

    public string? Region { get; }

    public string? Tenant { get; }

    public string KeyId { get; }

    /// <summary>The vault version that the secret is from: another one after each change of it.</summary>
    public VaultReference Credentials { get; }

    /// <summary>The secret in ASCII; throws <see cref="ObjectDisposedException"/> after disposal.</summary>
    public ReadOnlyMemory<byte> Secret => _end < 0 ? _value.Memory : _value.Memory[.._end];

    /// <summary>The session token in ASCII; null for a lasting key; throws <see cref="ObjectDisposedException"/> after disposal.</summary>
    public ReadOnlyMemory<byte>? SessionToken => _end < 0
        // A bare null would become an array, and that an empty token.
        ? default(ReadOnlyMemory<byte>?)
        : _value.Memory[(_end + 1)..];

    public void Dispose() => _value.Dispose();

    public override string ToString() => "[account]";

    /// <summary>The value of a vault version, in a buffer that the caller must zero.</summary>
    internal static byte[] Join(AccountSecret key)
    {
        var token = key.SessionToken;
        var value = GC.AllocateUninitializedArray<byte>(key.Secret.Length + (token is { } one ? one.Length + 1 : 0), pinned: true);
        key.Secret.CopyTo(value);
        if (token is { } session)
        {
            value[key.Secret.Length] = Joint;
            session.CopyTo(value.AsMemory(key.Secret.Length + 1));
        }

        return value;
    }
}
