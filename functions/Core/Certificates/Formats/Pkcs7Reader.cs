using System.Formats.Asn1;

namespace Certrelay.Certificates;

/// <summary>Takes the certificates out of a SignedData (RFC 5652 section 5.1), as authorities and Windows hand out chains.</summary>
internal static class Pkcs7Reader
{
    private const string SignedData = "1.2.840.113549.1.7.2";

    /// <summary>The certificates in their order, none where there is none; throws <see cref="AsnContentException"/> for anything else.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> container)
    {
        var content = new AsnReader(container, AsnEncodingRules.BER).ReadSequence();
        if (content.ReadObjectIdentifier() is not SignedData)
            throw new AsnContentException("The container holds something else than signed data.");
        var signed = content.ReadSequence(DerReader.Context(0)).ReadSequence();
        signed.ReadIntegerBytes();
        signed.ReadSetOf(skipSortOrderValidation: true);
        signed.ReadSequence();
        var certificates = new List<ReadOnlyMemory<byte>>();
        if (!signed.HasData || !signed.PeekTag().HasSameClassAndValue(DerReader.Context(0)))
            return certificates;
        for (var set = signed.ReadSetOf(skipSortOrderValidation: true, DerReader.Context(0)); set.HasData;)
            certificates.Add(set.ReadEncodedValue());
        return certificates;
    }
}
