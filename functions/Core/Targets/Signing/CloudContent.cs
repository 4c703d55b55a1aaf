using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Vault;

namespace Certrelay.Targets.Signing;

/// <summary>The body of a vendor's call: the exact bytes that are hashed and sent, zeroed on disposal as they may hold a private key.</summary>
[DebuggerDisplay("{Type}")]
public sealed class CloudContent(string type, byte[] bytes) : IDisposable
{
    private readonly Secret _bytes = new(bytes);

    /// <summary>The media type as sent in <c>Content-Type</c>.</summary>
    public string Type { get; } = type;

    /// <summary>The bytes as sent; throws <see cref="ObjectDisposedException"/> after disposal.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.Memory;

    /// <summary>The SHA-256 of the bytes in lower-case hexadecimal, computed once.</summary>
    public string Sha256 => field ??= Convert.ToHexStringLower(SHA256.HashData(_bytes.Bytes));

    /// <summary>An <c>application/x-www-form-urlencoded</c> body whose spaces are <c>%20</c>, which every vendor here reads.</summary>
    public static CloudContent Form(IEnumerable<CloudField> fields) =>
        new("application/x-www-form-urlencoded", Encoding.ASCII.GetBytes(CanonicalForm.Query(fields)));

    /// <summary>A JSON body, serialised here and never again.</summary>
    public static CloudContent Json<T>(string type, T value, JsonTypeInfo<T> shape) =>
        new(type, JsonSerializer.SerializeToUtf8Bytes(value, shape));

    public void Dispose() => _bytes.Dispose();

    public override string ToString() => Type;
}
