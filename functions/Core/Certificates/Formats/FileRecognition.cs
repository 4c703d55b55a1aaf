using System.Buffers;
using System.Buffers.Text;
using System.Formats.Asn1;

namespace Certrelay.Certificates;

/// <summary>Tells what a file is by its first bytes and, for DER and BER, by its structure.</summary>
internal static class FileRecognition
{
    private const string Data = "1.2.840.113549.1.7.1";
    private const string SignedData = "1.2.840.113549.1.7.2";
    private const int ShortestBase64 = 40;

    private static readonly SearchValues<byte> Base64Bytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"u8);

    public static FileForm Of(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        if (ByFirstBytes(bytes) is { } known)
            return known;
        if (bytes.IndexOf("-----BEGIN "u8) >= 0)
            return FileForm.Text;
        if (bytes is [0x30, _, ..])
        {
            var form = OfStructure(file);
            // 30 is the digit 0 as well, and lengths below 80 are characters.
            return form is FileForm.Damaged && bytes[1] < 0x80 ? OfText(bytes) : form;
        }

        return OfText(bytes);
    }

    private static FileForm? ByFirstBytes(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFE, 0xED, 0xFE, 0xED, ..] => FileForm.JavaKeystore,
        [0xCE, 0xCE, 0xCE, 0xCE, ..] => FileForm.JceKeystore,
        // The second is an archive without entries.
        [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..] => FileForm.Archive,
        [0x1F, 0x8B, ..] => FileForm.Gzip,
        [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] => FileForm.SevenZip,
        [(byte)'R', (byte)'a', (byte)'r', (byte)'!', ..] => FileForm.Rar,
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => FileForm.Pdf,
        _ => null,
    };

    private static FileForm OfText(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.TrimStart(" \t\r\n"u8);
        if (text.StartsWith("PuTTY-User-Key-File"u8))
            return FileForm.PuttyKey;
        if (text.StartsWith("<!DOCTYPE"u8) || text.StartsWith("<!doctype"u8) || text.StartsWith("<html"u8))
            return FileForm.Html;
        return text.Length >= ShortestBase64 && !text.ContainsAnyExcept(Base64Bytes) && Base64.IsValid(text) ? FileForm.Base64 : FileForm.Text;
    }

    private static FileForm OfStructure(ReadOnlyMemory<byte> file)
    {
        try
        {
            // Keystores of old Java and of browsers are BER with lengths left open.
            return OfFields(new AsnReader(file, AsnEncodingRules.BER).ReadSequence());
        }
        catch (AsnContentException)
        {
            return FileForm.Damaged;
        }
    }

    private static FileForm OfFields(AsnReader fields)
    {
        var first = fields.PeekTag();
        if (first == Asn1Tag.ObjectIdentifier)
            return fields.ReadObjectIdentifier() is SignedData or Data ? FileForm.Pkcs7 : FileForm.Damaged;
        if (first == Asn1Tag.Integer)
            return OfVersioned(fields);
        if (first != Asn1Tag.Sequence)
            return FileForm.Damaged;
        var inner = fields.ReadSequence();
        var second = fields.PeekTag();
        if (second.HasSameClassAndValue(Asn1Tag.PrimitiveOctetString))
            return FileForm.EncryptedPrivateKey;
        if (second.HasSameClassAndValue(Asn1Tag.PrimitiveBitString))
            return FileForm.PublicKey;
        return second == Asn1Tag.Sequence ? OfSigned(inner) : FileForm.Damaged;
    }

    private static FileForm OfVersioned(AsnReader fields)
    {
        if (!fields.TryReadInt32(out var version))
            return FileForm.Damaged;
        var next = fields.PeekTag();
        // RFC 7292 section 4: a PFX is version 3 and then a ContentInfo; each form of a private key begins with a version of its own.
        return version is 3 && next == Asn1Tag.Sequence ? FileForm.Pkcs12 : FileForm.PrivateKey;
    }

    /// <summary>Certificate, request and revocation list are all a sequence, how it was signed, and the signature.</summary>
    private static FileForm OfSigned(AsnReader content)
    {
        if (content.PeekTag() == Asn1Tag.Sequence)
            return FileForm.RevocationList;
        if (content.PeekTag() != Asn1Tag.Integer)
            return FileForm.Certificate;
        content.ReadIntegerBytes();
        content.ReadSequence();
        // RFC 2986 section 4.1: attributes follow subject and public key; RFC 5280 sections 4.1 and 5.1: validity or a time follows the issuer.
        content.ReadEncodedValue();
        if (!content.HasData)
            return FileForm.Request;
        var next = content.PeekTag();
        if (next == Asn1Tag.UtcTime || next == Asn1Tag.GeneralizedTime)
            return FileForm.RevocationList;
        return next.TagClass is TagClass.ContextSpecific ? FileForm.Request : FileForm.Certificate;
    }
}
