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
    /// <param name="keys">Each key as PEM, which stays the caller's to zero, by the parameter that takes it.</param>
    public static Task<T> SendAsync<T>(
        AlibabaApi api, CloudAction action, IReadOnlyList<CloudField> fields, IReadOnlyList<(string Name, ReadOnlyMemory<byte> Key)> keys, Func<JsonElement, T> read, string resource,
        CloudWrite write, CancellationToken cancellationToken, string? region = null) => api.Session.KeysInBody(action)
        ? api.CallAsync(action, Form(fields, keys), read, resource, cancellationToken, region, write)
        : api.CallAsync(action, [.. fields, .. keys.Select(static one => new CloudField(one.Name, Encoding.ASCII.GetString(one.Key.Span)))], read, resource, cancellationToken, region, write);

    private static CloudContent Form(IReadOnlyList<CloudField> fields, IReadOnlyList<(string Name, ReadOnlyMemory<byte> Key)> keys)
    {
        var head = Encoding.ASCII.GetBytes(CanonicalForm.Query(fields));
        // Of the exact length, so that no copy of a key is left behind by a buffer that grew.
        var form = new byte[head.Length + keys.Sum(static one => one.Name.Length + 2 + LengthOf(one.Key.Span))];
        head.CopyTo(form, 0);
        var at = head.Length;
        foreach (var (name, key) in keys)
        {
            at += Encoding.ASCII.GetBytes($"&{name}=", form.AsSpan(at));
            foreach (var b in key.Span)
            {
                if (IsPlain(b))
                {
                    form[at++] = b;
                    continue;
                }

                form[at++] = (byte)'%';
                form[at++] = (byte)"0123456789ABCDEF"[b >> 4];
                form[at++] = (byte)"0123456789ABCDEF"[b & 15];
            }
        }

        return new CloudContent("application/x-www-form-urlencoded", form);
    }

    private static int LengthOf(ReadOnlySpan<byte> key)
    {
        var length = 0;
        foreach (var b in key)
            length += IsPlain(b) ? 1 : 3;
        return length;
    }

    private static bool IsPlain(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~';
}
