using System.Diagnostics;
using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>A private key as PKCS#8 (RFC 5958) with the public key derived from it; zeroed on disposal, and it cannot print itself.</summary>
[DebuggerDisplay("[private key]")]
public sealed class PrivateKey : IDisposable
{
    private byte[]? _pkcs8;

    internal PrivateKey(byte[] pkcs8, PublicKeyInfo publicKey) => (_pkcs8, PublicKey) = (pkcs8, publicKey);

    public PublicKeyInfo PublicKey { get; }

    /// <summary>The PKCS#8 DER; throws <see cref="ObjectDisposedException"/> after disposal.</summary>
    public ReadOnlySpan<byte> Pkcs8 => _pkcs8 ?? throw new ObjectDisposedException(nameof(PrivateKey));

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_pkcs8);
        _pkcs8 = null;
    }

    public override string ToString() => "[private key]";
}
