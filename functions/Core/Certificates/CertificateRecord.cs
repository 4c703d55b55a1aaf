using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;

namespace Certrelay.Certificates;

/// <summary>
/// A certificate (RFC 5280) read once into plain data. Two are equal when their DER is. No framework object stands behind it: loading one costs
/// a hundred times what reading the fields does.
/// </summary>
public sealed record CertificateRecord
{
    public required ReadOnlyMemory<byte> Der { get; init; }

    /// <summary>Digested when it is first asked for, as most of what a chain or a bundle holds is never called by it.</summary>
    public Fingerprint Fingerprint => field.Hex.Length > 0 ? field : field = Fingerprint.Of(Der.Span);

    /// <summary>
    /// The content octets of the serial number in lower-case hexadecimal, a leading zero octet included, as RFC 9773 section 4.1 takes them.
    /// </summary>
    public string Serial => field ??= Convert.ToHexStringLower(SerialBytes.Span);

    public required ReadOnlyMemory<byte> SerialBytes { get; init; }

    /// <summary>The subject as RFC 4514 writes it; empty when the names are in subjectAltName only.</summary>
    public string Subject => field ??= DistinguishedName.ToText(SubjectBytes);

    /// <summary>The issuer as RFC 4514 writes it.</summary>
    public string Issuer => field ??= DistinguishedName.ToText(IssuerBytes);

    public required ReadOnlyMemory<byte> SubjectBytes { get; init; }

    public required ReadOnlyMemory<byte> IssuerBytes { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>The last second of the validity, which includes it.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    public required PublicKeyInfo PublicKey { get; init; }

    public required SignatureAlgorithm SignatureAlgorithm { get; init; }

    public required CertificateExtensions Extensions { get; init; }

    /// <summary>The names that clients compare: DNS names and addresses of subjectAltName. A common name is none (RFC 9525 section 2).</summary>
    public IReadOnlyList<SubjectName> Names => Extensions.Names;

    /// <summary>True when basic constraints say CA (RFC 5280 section 4.2.1.9).</summary>
    public bool IsCa => Extensions.IsCa;

    /// <summary>True when subject and issuer are the same name (RFC 5280 section 3.2).</summary>
    public bool IsSelfIssued => SubjectBytes.Span.SequenceEqual(IssuerBytes.Span);

    /// <summary>What the signature is made over (RFC 5280 section 4.1.1.1).</summary>
    public required ReadOnlyMemory<byte> ToBeSigned { get; init; }

    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>What a person knows it by: the subject, else the first name, else the fingerprint's first digits; at most 100 characters.</summary>
    public string Label
    {
        get
        {
            var text = Subject.Length > 0 ? Subject : Names.Count > 0 ? Names[0].Value : Fingerprint.Prefix;
            return text.Length <= 100 ? text : $"{text[..99]}…";
        }
    }

    /// <summary>Reads one certificate and nothing behind it; false for anything that is not X.509 in DER.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out CertificateRecord? record)
    {
        try
        {
            record = CertificateReader.Read(der);
            return true;
        }
        catch (AsnContentException)
        {
            record = null;
            return false;
        }
    }

    /// <summary>As <see cref="TryParse"/>; throws <see cref="FormatException"/> for anything else.</summary>
    public static CertificateRecord Parse(ReadOnlyMemory<byte> der) =>
        TryParse(der, out var record) ? record : throw new FormatException("This is not an X.509 certificate in DER.");

    /// <summary>True when a client that wants this server name (host or address) accepts the certificate for it.</summary>
    public bool Covers(string serverName)
    {
        if (HostName.TryReadAddress(serverName, out _))
            return Names.Any(name => name.Covers(serverName));
        return HostName.TryNormalize(serverName, out var host) && Names.Any(name => name.CoversHost(host));
    }

    /// <summary>True when the other names this one's subject as its issuer; whether this one signed it is another question.</summary>
    internal bool IsNamedIssuerOf(CertificateRecord other) =>
        SubjectBytes.Span.SequenceEqual(other.IssuerBytes.Span) || DistinguishedName.Same(FoldedSubject, other.FoldedIssuer);

    /// <summary>True when it bears the name of the other's issuer and its key signed the other, as far as that can be checked.</summary>
    internal bool HasIssued(CertificateRecord other) => IsNamedIssuerOf(other) && IssuerSignature.Check(other, PublicKey) is not SignatureCheck.Invalid;

    internal bool HasSubjectOf(CertificateRecord other) =>
        SubjectBytes.Span.SequenceEqual(other.SubjectBytes.Span) || DistinguishedName.Same(FoldedSubject, other.FoldedSubject);

    internal string FoldedSubject => field ??= DistinguishedName.Fold(Subject);

    internal string FoldedIssuer => field ??= IssuerNames.Fold(IssuerBytes);

    /// <summary>True when its own key signed it. Where the algorithm cannot be checked, names and key identifiers decide.</summary>
    public bool IsSelfSigned() => IsSelfIssued && IssuerSignature.Check(this, PublicKey) switch
    {
        SignatureCheck.Valid => true,
        SignatureCheck.Unsupported => Extensions.AuthorityKeyId is not { } authority || Extensions.SubjectKeyId is not { } own || authority == own,
        _ => false,
    };

    public bool Equals(CertificateRecord? other) => ReferenceEquals(this, other) || (other is not null && Fingerprint == other.Fingerprint);

    public override int GetHashCode() => Fingerprint.GetHashCode();

    public override string ToString() => $"{Label} {Fingerprint}";
}
