using System.Text;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Aws;

/// <summary>A form whose last parameter is a secret, which never becomes a text that stays in memory.</summary>
internal static class AwsForm
{
    /// <summary>The form with one parameter more; the former one is zeroed.</summary>
    public static CloudContent With(CloudContent form, string name, ReadOnlySpan<byte> secret)
    {
        using var former = form;
        var lead = Encoding.ASCII.GetBytes($"&{name}=");
        var whole = new byte[former.Bytes.Length + lead.Length + Length(secret)];
        former.Bytes.Span.CopyTo(whole);
        lead.CopyTo(whole, former.Bytes.Length);
        Encode(secret, whole.AsSpan(former.Bytes.Length + lead.Length));
        return new CloudContent(former.Type, whole);
    }

    private static int Length(ReadOnlySpan<byte> bytes)
    {
        var length = 0;
        foreach (var one in bytes)
            length += IsPlain(one) ? 1 : 3;
        return length;
    }

    private static void Encode(ReadOnlySpan<byte> bytes, Span<byte> into)
    {
        var at = 0;
        foreach (var one in bytes)
        {
            if (IsPlain(one))
            {
                into[at++] = one;
                continue;
            }

            into[at++] = (byte)'%';
            into[at++] = "0123456789ABCDEF"u8[one >> 4];
            into[at++] = "0123456789ABCDEF"u8[one & 15];
        }
    }

    private static bool IsPlain(byte one) => char.IsAsciiLetterOrDigit((char)one) || one is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~';
}
