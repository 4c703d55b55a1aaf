using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;

namespace Certrelay.Certificates;

/// <summary>A revocation list (RFC 5280 section 5.1), checked: signed by the issuer, complete for server certificates.</summary>
internal sealed class RevocationList
{
    private const string IssuingDistributionPoint = "2.5.29.28";

    private readonly DerReader _entries;

    private RevocationList(DateTimeOffset thisUpdate, DateTimeOffset? nextUpdate, DerReader entries) =>
        (ThisUpdate, NextUpdate, _entries) = (thisUpdate, nextUpdate, entries);

    public DateTimeOffset ThisUpdate { get; }

    /// <summary>When the next one is out at the latest; null when the issuer does not say.</summary>
    public DateTimeOffset? NextUpdate { get; }

    /// <summary>False with a clause for what is no list, was signed by another key, or leaves certificates out.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> bytes, CertificateRecord issuer, [NotNullWhen(true)] out RevocationList? list, [NotNullWhen(false)] out string? fault)
    {
        list = null;
        try
        {
            fault = Read(bytes, issuer, ref list);
        }
        catch (AsnContentException)
        {
            fault = "is no revocation list";
        }

        return list is not null;
    }

    /// <summary>When the certificate with this serial number was revoked; null when it was not.</summary>
    public DateTimeOffset? RevokedAt(string serial)
    {
        var wanted = Convert.FromHexString(serial);
        for (var entries = _entries; entries.HasData;)
        {
            var entry = entries.ReadSequence();
            if (entry.ReadInteger().Span.SequenceEqual(wanted))
                return entry.ReadTime();
        }

        return null;
    }

    private static string? Read(ReadOnlyMemory<byte> bytes, CertificateRecord issuer, ref RevocationList? list)
    {
        var outer = new DerReader(bytes).ReadSequence();
        var toBeSigned = outer.ReadEncoded();
        var outerAlgorithm = outer.ReadEncoded();
        var signature = outer.ReadBitString(out var unused);
        outer.ThrowIfNotEmpty();
        var fields = new DerReader(toBeSigned).ReadSequence();
        if (fields.NextIs(Asn1Tag.Integer))
            fields.ReadSmallInteger();
        // RFC 5280 section 5.1.1.2: what is outside the signature repeats what is inside.
        var algorithm = fields.ReadEncoded();
        if (unused != 0 || !algorithm.Span.SequenceEqual(outerAlgorithm.Span))
            throw new AsnContentException("The signature is not described as it was made.");
        var name = fields.ReadEncoded();
        var thisUpdate = fields.ReadTime();
        DateTimeOffset? nextUpdate = fields.NextIs(Asn1Tag.UtcTime) || fields.NextIs(Asn1Tag.GeneralizedTime) ? fields.ReadTime() : null;
        var entries = fields.NextIs(Asn1Tag.Sequence) ? fields.ReadSequence() : new DerReader(default);
        if (!name.Span.SequenceEqual(issuer.SubjectBytes.Span))
            return "is of another issuer";
        if (IssuerSignature.Check(new SignedContent(toBeSigned, SignatureAlgorithm.Read(algorithm), signature), issuer.PublicKey) is not SignatureCheck.Valid)
            return "is not signed by the issuer";
        if (fields.NextIs(DerReader.Context(0)) && !IsComplete(fields.ReadSequence(DerReader.Context(0)).ReadSequence()))
            return "does not cover every certificate of the issuer";
        list = new RevocationList(thisUpdate, nextUpdate, entries);
        return null;
    }

    /// <summary>RFC 5280 section 5.2: a critical extension that is not understood forbids the use; a delta or an indirect list has one.</summary>
    private static bool IsComplete(DerReader extensions)
    {
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var oid = extension.ReadOid();
            if (!extension.NextIs(Asn1Tag.Boolean) || !extension.ReadBoolean())
                continue;
            if (oid != IssuingDistributionPoint)
                return false;
            for (var point = new DerReader(extension.ReadOctetString()).ReadSequence(); point.HasData;)
            {
                // [0] is the place and [1] says that it holds server certificates only; the others narrow it (section 5.2.5).
                point.ReadContent(out var tag);
                if (tag.TagValue > 1)
                    return false;
            }
        }

        return true;
    }
}
