using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace Certrelay.Outgoing.Probing;

/// <summary>
/// A key pair for X25519 (RFC 7748 section 5), which the framework lacks; on P-256 its agreement takes three times as long. One may serve any number of looks at servers:
/// nothing secret is ever sent under it, and that a server's answer is fresh rests on the random of each ClientHello, which the server signs.
/// </summary>
internal sealed class KeyShare
{
    /// <summary>The number of the group (RFC 8446 section 4.2.7).</summary>
    public const ushort Group = 0x001D;

    /// <summary>Of a public key and of the secret, in octets.</summary>
    public const int Length = 32;

    private readonly byte[] _private = RandomNumberGenerator.GetBytes(Length);
    private readonly byte[] _public = new byte[Length];

    public KeyShare() => X25519.ScalarMultBase(_private, 0, _public, 0);

    public ReadOnlyMemory<byte> Public => _public;

    /// <summary>The common secret; null for a share of another length, or one that leads to zero whatever the key (RFC 8446 section 7.4.2).</summary>
    public byte[]? Agree(byte[] other)
    {
        var secret = new byte[Length];
        return other.Length == Length && X25519.CalculateAgreement(_private, 0, other, 0, secret, 0) ? secret : null;
    }
}
