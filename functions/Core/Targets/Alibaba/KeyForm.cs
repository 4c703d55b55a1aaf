using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>
/// RPC calls that carry a private key. The vendor's definitions place it in the query; an action that the host's settings name (<c>Clouds:KeysInBody</c>) gets
/// all its parameters as a form, written by hand so that no copy of the key stays behind.
/// </summary>
internal static class KeyForm
{
    /// <summary>Makes the call; throws as <see cref="CloudSession.SendAsync"/>.</summary>
    /// <param name="keyName">The parameter that takes the key.</param>
    /// <param name="key">The key as PEM, which stays the caller's to zero.</param>
    public static Task<T> SendAsync<T>(
        AlibabaApi api, CloudAction action, IReadOnlyList<CloudField> fields, string keyName, ReadOnlyMemory<byte> key, Func<JsonElement, T> read, string resource,
        CloudWrite write, CancellationToken cancellationToken, string? region = null) => api.Session.KeysInBody(action)
        ? api.CallAsync(action, Form(fields, keyName, key.Span), read, resource, cancellationToken, region, write)
        : api.CallAsync(action, [.. fields, new(keyName, Encoding.ASCII.GetString(key.Span))], read, resource, cancellationToken, region, write);

    private static CloudContent Form(IReadOnlyList<CloudField> fields, string keyName, ReadOnlySpan<byte> key)
    {
        var before = Encoding.ASCII.GetBytes($"{CanonicalForm.Query(fields)}&{keyName}=");
        var encoded = new byte[key.Length * 3];
        var length = 0;
        foreach (var b in key)
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~')
            {
                encoded[length++] = b;
                continue;
            }

            encoded[length++] = (byte)'%';
            encoded[length++] = (byte)"0123456789ABCDEF"[b >> 4];
            encoded[length++] = (byte)"0123456789ABCDEF"[b & 15];
        }

        try
        {
            return new CloudContent("application/x-www-form-urlencoded", [.. before, .. encoded.AsSpan(0, length)]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(encoded);
        }
    }
}
