using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;

namespace Certrelay.Certificates;

/// <summary>What a responder says of one certificate (RFC 6960 section 4.2), checked: signed by the issuer or by a delegate of it.</summary>
/// <param name="IsKnown">False when the responder does not know the certificate.</param>
/// <param name="RevokedAt">Null when it was not revoked.</param>
internal sealed record OcspResponse(bool IsKnown, DateTimeOffset? RevokedAt, DateTimeOffset ThisUpdate, DateTimeOffset? NextUpdate)
{
    private const string BasicResponse = "1.3.6.1.5.5.7.48.1.1";
    private const string OcspSigning = "1.3.6.1.5.5.7.3.9";

    private static readonly Asn1Tag Enumerated = new(UniversalTagNumber.Enumerated);

    /// <summary>False with a clause for what is no answer, answers another question, or was signed by somebody else.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> bytes, CertificateRecord certificate, CertificateRecord issuer, DateTimeOffset now,
        [NotNullWhen(true)] out OcspResponse? response, [NotNullWhen(false)] out string? fault)
    {
        response = null;
        try
        {
            fault = Read(bytes, certificate, issuer, now, ref response);
        }
        catch (AsnContentException)
        {
            fault = "is no OCSP response";
        }

        return response is not null;
    }

    private static string? Read(ReadOnlyMemory<byte> bytes, CertificateRecord certificate, CertificateRecord issuer, DateTimeOffset now, ref OcspResponse? response)
    {
        var outer = new DerReader(bytes).ReadSequence();
        if (!outer.NextIs(Enumerated))
            return "is no OCSP response";
        var status = outer.ReadContent(out _).Span[^1];
        if (status != 0)
            return $"says only that it cannot answer (status {status})";
        var body = outer.ReadSequence(DerReader.Context(0)).ReadSequence();
        if (body.ReadOid() != BasicResponse)
            return "is of an unknown type";
        var basic = new DerReader(body.ReadOctetString()).ReadSequence();
        var toBeSigned = basic.ReadEncoded();
        var algorithm = SignatureAlgorithm.Read(basic.ReadEncoded());
        var signature = basic.ReadBitString(out _);
        var delegates = basic.NextIs(DerReader.Context(0)) ? basic.ReadSequence(DerReader.Context(0)).ReadSequence() : new DerReader(default);
        var content = new SignedContent(toBeSigned, algorithm, signature);
        if (IssuerSignature.Check(content, issuer.PublicKey) is not SignatureCheck.Valid && !IsByDelegate(content, delegates, issuer, now))
            return "is not signed by the issuer";

        var data = new DerReader(toBeSigned).ReadSequence();
        if (data.NextIs(DerReader.Context(0)))
            data.ReadEncoded();
        // Responder and time of production.
        data.ReadEncoded();
        data.ReadEncoded();
        var wanted = OcspRequest.CertificateId(certificate, issuer);
        for (var answers = data.ReadSequence(); answers.HasData;)
        {
            var answer = answers.ReadSequence();
            if (answer.ReadEncoded().Span.SequenceEqual(wanted))
            {
                response = ReadAnswer(answer);
                return null;
            }
        }

        return "answers for another certificate";
    }

    private static OcspResponse ReadAnswer(DerReader answer)
    {
        var revoked = answer.NextIs(DerReader.Context(1));
        var unknown = answer.NextIs(DerReader.Context(2));
        DateTimeOffset? revokedAt = null;
        if (revoked)
            revokedAt = answer.ReadSequence(DerReader.Context(1)).ReadTime();
        else
            answer.ReadEncoded();
        var thisUpdate = answer.ReadTime();
        DateTimeOffset? nextUpdate = answer.NextIs(DerReader.Context(0)) ? answer.ReadSequence(DerReader.Context(0)).ReadTime() : null;
        return new OcspResponse(!unknown, revokedAt, thisUpdate, nextUpdate);
    }

    /// <summary>RFC 6960 section 4.2.2.2: a certificate that the issuer itself issued, in force, for the purpose of signing answers.</summary>
    private static bool IsByDelegate(SignedContent content, DerReader delegates, CertificateRecord issuer, DateTimeOffset now)
    {
        while (delegates.HasData)
        {
            if (CertificateRecord.TryParse(delegates.ReadEncoded(), out var signer)
                && signer.NotBefore <= now && now <= signer.NotAfter
                && signer.Extensions.Purposes?.Contains(OcspSigning) is true
                && issuer.IsNamedIssuerOf(signer)
                && IssuerSignature.Check(signer, issuer.PublicKey) is SignatureCheck.Valid
                && IssuerSignature.Check(content, signer.PublicKey) is SignatureCheck.Valid)
                return true;
        }

        return false;
    }
}
