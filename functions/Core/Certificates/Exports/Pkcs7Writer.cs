using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>Writes certificates as a SignedData without signatures (RFC 5652 section 5.1), in PEM.</summary>
internal static class Pkcs7Writer
{
    private const string Data = "1.2.840.113549.1.7.1";
    private const string SignedData = "1.2.840.113549.1.7.2";

    public static byte[] Write(ExportContent content)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(SignedData);
            using (writer.PushSequence(DerReader.Context(0)))
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                WriteEmptySet(writer);
                using (writer.PushSequence())
                    writer.WriteObjectIdentifier(Data);
                // A set by the standard, in the order of a chain by habit: DER would have it sorted, and no reader checks.
                using (writer.PushSequence(DerReader.Context(0)))
                {
                    foreach (var der in content.Bundle.Encryption is { } pair ? [.. content.Path, pair.Leaf] : content.Path)
                        writer.WriteEncodedValue(der.Span);
                }

                WriteEmptySet(writer);
            }
        }

        return [.. PemEncoding.WriteUtf8("PKCS7"u8, writer.Encode()), (byte)'\n'];
    }

    private static void WriteEmptySet(AsnWriter writer)
    {
        using (writer.PushSetOf())
        {
            // Nothing is signed.
        }
    }
}
