using System.Formats.Asn1;

namespace Certrelay.Certificates;

/// <summary>Reads the fields of a certificate (RFC 5280 section 4.1) in their order.</summary>
internal static class CertificateReader
{
    public static CertificateRecord Read(ReadOnlyMemory<byte> der)
    {
        var input = new DerReader(der);
        var certificate = input.ReadSequence();
        input.ThrowIfNotEmpty();
        var toBeSigned = certificate.ReadEncoded();
        var outerAlgorithm = certificate.ReadEncoded();
        var signature = certificate.ReadBitString(out _);
        certificate.ThrowIfNotEmpty();

        var fields = new DerReader(toBeSigned).ReadSequence();
        if (fields.NextIs(DerReader.Context(0)) && fields.ReadSequence(DerReader.Context(0)).ReadSmallInteger() is < 0 or > 2)
            throw new AsnContentException("The version is unknown.");
        var serial = fields.ReadInteger();
        var algorithm = fields.ReadEncoded();
        if (!algorithm.Span.SequenceEqual(outerAlgorithm.Span))
            throw new AsnContentException("The two signature algorithms differ (RFC 5280 section 4.1.1.2).");
        var issuer = fields.ReadEncoded();
        var validity = fields.ReadSequence();
        var notBefore = validity.ReadTime();
        var notAfter = validity.ReadTime();
        var subject = fields.ReadEncoded();
        var publicKey = PublicKeyInfo.Read(fields.ReadEncoded());

        return new()
        {
            Der = der,
            SerialBytes = serial,
            IssuerBytes = issuer,
            SubjectBytes = subject,
            NotBefore = notBefore,
            NotAfter = notAfter,
            PublicKey = publicKey,
            SignatureAlgorithm = SignatureAlgorithm.Read(algorithm),
            Extensions = ReadExtensions(fields),
            ToBeSigned = toBeSigned,
            Signature = signature,
        };
    }

    private static CertificateExtensions ReadExtensions(DerReader fields)
    {
        // issuerUniqueID and subjectUniqueID: read by nobody, written by old authorities.
        while (fields.NextIs(DerReader.Context(1)) || fields.NextIs(DerReader.Context(2)))
            fields.ReadEncoded();
        var extensions = fields.HasData
            ? CertificateExtensions.Read(fields.ReadSequence(DerReader.Context(3)).ReadSequence())
            : CertificateExtensions.None;
        fields.ThrowIfNotEmpty();
        return extensions;
    }
}
