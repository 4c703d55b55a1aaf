using System.Formats.Asn1;
using System.Globalization;

namespace Certrelay.Certificates;

/// <summary>The bits of the key usage extension (RFC 5280 section 4.2.1.3).</summary>
[Flags]
public enum KeyUsages
{
    None = 0,
    DigitalSignature = 1 << 0,
    NonRepudiation = 1 << 1,
    KeyEncipherment = 1 << 2,
    DataEncipherment = 1 << 3,
    KeyAgreement = 1 << 4,
    CertificateSigning = 1 << 5,
    CrlSigning = 1 << 6,
    EncipherOnly = 1 << 7,
    DecipherOnly = 1 << 8,
}

/// <summary>What the extensions of a certificate say (RFC 5280 section 4.2); others than these are passed over.</summary>
public sealed record CertificateExtensions
{
    public static CertificateExtensions None { get; } = new();

    /// <summary>DNS names, wildcards and addresses of subjectAltName, in their order, each once.</summary>
    public IReadOnlyList<SubjectName> Names { get; private set; } = [];

    /// <summary>DNS entries of subjectAltName that no client can match, with unprintable characters as question marks.</summary>
    public IReadOnlyList<string> UnusableNames { get; private set; } = [];

    public bool IsCa { get; private set; }

    /// <summary>How many intermediates may follow below; null: any number.</summary>
    public int? PathLength { get; private set; }

    /// <summary>Null when the extension is absent, which allows every use.</summary>
    public KeyUsages? KeyUsages { get; private set; }

    /// <summary>OIDs of the extended key usage; null when the extension is absent, which allows every purpose.</summary>
    public IReadOnlyList<string>? Purposes { get; private set; }

    /// <summary>OIDs of the policies that it was issued under (RFC 5280 section 4.2.1.4).</summary>
    public IReadOnlyList<string> Policies { get; private set; } = [];

    /// <summary>What it says of policies below it.</summary>
    internal PolicyControls PolicyControls { get; private set; } = PolicyControls.None;

    /// <summary>True when timestamps of Certificate Transparency logs are embedded (RFC 6962 section 3.3).</summary>
    public bool HasTimestamps { get; private set; }

    /// <summary>True when clients refuse a server that does not staple an OCSP answer (RFC 7633, "must-staple").</summary>
    public bool MustStaple { get; private set; }

    /// <summary>The names that it may issue for; null: any.</summary>
    public NameConstraints? NameConstraints { get; private set; }

    /// <summary>OIDs of critical extensions that are not known here: whoever does not know one must refuse the certificate (RFC 5280 section 4.2).</summary>
    public IReadOnlyList<string> UnknownCritical { get; private set; } = [];

    /// <summary>Lower-case hexadecimal.</summary>
    public string? SubjectKeyId => field ??= Hex(_subjectKey);

    /// <summary>The key identifier of the issuer, lower-case hexadecimal.</summary>
    public string? AuthorityKeyId => field ??= Hex(_authorityKey);

    /// <summary>Where the issuer's certificate can be had (caIssuers, RFC 5280 section 4.2.2.1).</summary>
    public IReadOnlyList<string> IssuerUrls { get; private set; } = [];

    /// <summary>Where the status can be asked (RFC 6960).</summary>
    public IReadOnlyList<string> OcspUrls { get; private set; } = [];

    /// <summary>Where the issuer's revocation list can be had by http (RFC 5280 section 4.2.1.13).</summary>
    public IReadOnlyList<string> CrlUrls { get; private set; } = [];

    private ReadOnlyMemory<byte>? _subjectKey;
    private ReadOnlyMemory<byte>? _authorityKey;

    internal static CertificateExtensions Read(DerReader list)
    {
        var extensions = new CertificateExtensions();
        // Standard ones by their last arc: two words of bits are looked through faster than names.
        var (standard, others) = (default(UInt128), (HashSet<string>?)null);
        while (list.HasData)
        {
            var extension = list.ReadSequence();
            var arc = extension.ReadStandardExtension();
            var oid = arc is null ? extension.ReadOid() : null;
            if (arc is { } known ? (standard >> known & UInt128.One) == UInt128.One : !(others ??= new(StringComparer.Ordinal)).Add(oid!))
                throw new AsnContentException("An extension occurs twice (RFC 5280 section 4.2).");
            standard |= arc is { } seen ? UInt128.One << seen : default;
            var critical = extension.NextIs(Asn1Tag.Boolean) && extension.ReadBoolean();
            var value = new DerReader(extension.ReadOctetString());
            if (arc is { } number)
                extensions.TakeStandard(number, value, critical);
            else
                extensions.TakeOther(oid!, value, critical);
        }
        return extensions;
    }

    /// <summary>Takes one of those under 2.5.29, by its last arc.</summary>
    private void TakeStandard(int arc, DerReader value, bool critical)
    {
        switch (arc)
        {
            case 14:
                _subjectKey = value.ReadOctetString();
                break;
            case 15:
                KeyUsages = ReadKeyUsages(value);
                break;
            case 17:
                (Names, UnusableNames) = SubjectAltName.Read(value);
                break;
            case 18:
                // Of issuerAltName nothing here depends on.
                break;
            case 19:
                ReadBasicConstraints(value.ReadSequence());
                break;
            case 30:
                NameConstraints = NameConstraints.Read(value.ReadSequence());
                break;
            case 31:
                CrlUrls = DistributionPoints.Read(value.ReadSequence());
                break;
            case 32:
                Policies = ReadPolicies(value.ReadSequence());
                break;
            case PolicyControls.MappingsArc or PolicyControls.ConstraintsArc or PolicyControls.InhibitAnyArc:
                PolicyControls = PolicyControls.With(arc, value);
                break;
            case 35:
                _authorityKey = ReadAuthorityKey(value.ReadSequence());
                break;
            case 37:
                Purposes = ReadPurposes(value.ReadSequence());
                break;
            default:
                TakeUnknown(string.Create(CultureInfo.InvariantCulture, $"2.5.29.{arc}"), critical);
                break;
        }
    }

    private void TakeOther(string oid, DerReader value, bool critical)
    {
        switch (oid)
        {
            case "1.3.6.1.5.5.7.1.1":
                (IssuerUrls, OcspUrls) = AuthorityInformation.Read(value.ReadSequence());
                break;
            case "1.3.6.1.4.1.11129.2.4.2":
                HasTimestamps = true;
                break;
            case "1.3.6.1.5.5.7.1.24":
                MustStaple = ReadFeatures(value.ReadSequence());
                break;
            default:
                TakeUnknown(oid, critical);
                break;
        }
    }

    private void TakeUnknown(string oid, bool critical)
    {
        if (critical)
            UnknownCritical = [.. UnknownCritical, oid];
    }

    /// <summary>RFC 7633 section 4: features are extensions of the ClientHello, and status_request (RFC 6066 section 8) is number 5.</summary>
    private static bool ReadFeatures(DerReader sequence)
    {
        var staple = false;
        while (sequence.HasData)
            staple |= sequence.ReadSmallInteger() is 5;
        return staple;
    }

    private void ReadBasicConstraints(DerReader sequence)
    {
        if (sequence.NextIs(Asn1Tag.Boolean))
            IsCa = sequence.ReadBoolean();
        if (sequence.HasData)
            PathLength = sequence.ReadSmallInteger();
    }

    private static KeyUsages ReadKeyUsages(DerReader value)
    {
        var usages = Certificates.KeyUsages.None;
        var bits = value.ReadBitString(out _).Span;
        // Bit 0 is the highest of the first octet (X.680 section 22.2).
        for (var i = 0; i < Math.Min(bits.Length * 8, 9); i++)
        {
            if ((bits[i / 8] & 0x80 >> i % 8) is not 0)
                usages |= (KeyUsages)(1 << i);
        }
        return usages;
    }

    private static ReadOnlyMemory<byte>? ReadAuthorityKey(DerReader sequence) =>
        sequence.NextIs(DerReader.Context(0)) ? sequence.ReadOctetString(DerReader.Context(0)) : null;

    private static string? Hex(ReadOnlyMemory<byte>? key) => key is { } bytes ? Convert.ToHexStringLower(bytes.Span) : null;

    private static List<string> ReadPolicies(DerReader sequence)
    {
        var policies = new List<string>();
        while (sequence.HasData)
            policies.Add(sequence.ReadSequence().ReadOid());
        return policies;
    }

    private static List<string> ReadPurposes(DerReader sequence)
    {
        var purposes = new List<string>();
        while (sequence.HasData)
            purposes.Add(sequence.ReadOid());
        return purposes;
    }
}
