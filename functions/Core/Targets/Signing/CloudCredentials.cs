using System.Diagnostics;
using Certrelay.Vault;

namespace Certrelay.Targets.Signing;

/// <summary>The key pair of a cloud account, with the token of temporary credentials; it shows the access key id only and zeroes the secret on disposal.</summary>
[DebuggerDisplay("{AccessKeyId}")]
public sealed class CloudCredentials(string accessKeyId, Secret secret, string? sessionToken = null) : IDisposable
{
    public string AccessKeyId { get; } = accessKeyId;

    /// <summary>The secret access key as UTF-8; throws <see cref="ObjectDisposedException"/> after disposal.</summary>
    public ReadOnlySpan<byte> SecretKey => secret.Bytes;

    /// <summary>The session token of temporary credentials; null with a lasting key pair.</summary>
    public string? SessionToken { get; } = sessionToken;

    public void Dispose() => secret.Dispose();

    public override string ToString() => AccessKeyId;
}
