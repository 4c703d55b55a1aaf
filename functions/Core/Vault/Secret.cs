using System.Diagnostics;
using System.Security.Cryptography;

namespace Certrelay.Vault;

/// <summary>Secret bytes that cannot print themselves and are zeroed on disposal.</summary>
[DebuggerDisplay("[secret]")]
public sealed class Secret(byte[] value) : IDisposable
{
    private byte[]? _value = value;

    /// <summary>The bytes; throws <see cref="ObjectDisposedException"/> after disposal.</summary>
    public ReadOnlySpan<byte> Bytes => _value ?? throw new ObjectDisposedException(nameof(Secret));

    /// <summary>The same bytes for calls that cross an await; throws <see cref="ObjectDisposedException"/> after disposal.</summary>
    public ReadOnlyMemory<byte> Memory => _value ?? throw new ObjectDisposedException(nameof(Secret));

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_value);
        _value = null;
    }

    public override string ToString() => "[secret]";
}
