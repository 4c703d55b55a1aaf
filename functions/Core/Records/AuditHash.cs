using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Records;

/// <summary>
/// The hashes of the audit trail: SHA-256, in hex, over fields in a fixed order, each as <c>&lt;bytes&gt;:&lt;UTF-8&gt;</c> and an absent one as
/// <c>-</c>.
/// The form is part of the stored data: it never changes under the name that it begins with.
/// </summary>
public static class AuditHash
{
    /// <summary>What the first entry of a chain follows.</summary>
    public static string Opening(string chain, AuditPoint? openedWith) =>
        Of("certrelay.audit.open.1", chain, openedWith?.Chain, openedWith is null ? null : Number(openedWith.Count), openedWith?.Hash);

    /// <summary>The hash of an entry at its place.</summary>
    public static string Entry(string chain, long number, DateTimeOffset at, AuditEntry entry, string previous) => Of(
        "certrelay.audit.entry.1", chain, Number(number), at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), previous,
        entry.Phase is AuditPhase.Intent ? "intent" : "outcome",
        entry.Caller, entry.Action, entry.Subject, entry.Reason, entry.Correlation, entry.Outcome, entry.Intent);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Of(params ReadOnlySpan<string?> fields)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        foreach (var field in fields)
        {
            if (field is null)
            {
                bytes.Write("-"u8);
                continue;
            }

            Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(field)}:", bytes);
            Encoding.UTF8.GetBytes(field, bytes);
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes.WrittenSpan));
    }
}
