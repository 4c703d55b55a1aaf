namespace Certrelay.Certificates;

/// <summary>How thoroughly the issuer looked at who asked for a certificate, from least to most.</summary>
public enum ValidationLevel
{
    /// <summary>Control of the domain only.</summary>
    Dv,

    /// <summary>A natural person.</summary>
    Iv,

    /// <summary>An organization.</summary>
    Ov,

    /// <summary>An organization by the CA/B EV Guidelines.</summary>
    Ev,
}

/// <summary>Reads the level of validation off a certificate.</summary>
public static class ValidationLevels
{
    private const string OrganizationName = "2.5.4.10";
    private const string BusinessCategory = "2.5.4.15";
    private const string Surname = "2.5.4.4";

    extension(CertificateRecord leaf)
    {
        /// <summary>
        /// By the reserved policy (CA/B Baseline Requirements section 7.1.6.1); where there is none, as with older and private issuers, by what the subject tells
        /// (a business category is of EV subjects alone, EV Guidelines section 7.1.4.2.3).
        /// </summary>
        public ValidationLevel Level
        {
            get
            {
                foreach (var policy in leaf.Extensions.Policies)
                {
                    if (OfPolicy(policy) is { } level)
                        return level;
                }

                var subject = DistinguishedName.Types(leaf.SubjectBytes);
                return subject.Contains(BusinessCategory) ? ValidationLevel.Ev
                    : subject.Contains(OrganizationName) ? ValidationLevel.Ov
                    : subject.Contains(Surname) ? ValidationLevel.Iv
                    : ValidationLevel.Dv;
            }
        }
    }

    /// <summary>Reads <c>dv</c>, <c>iv</c>, <c>ov</c> or <c>ev</c>; null for anything else.</summary>
    public static ValidationLevel? Parse(string text) => text.ToLowerInvariant() switch
    {
        "dv" => ValidationLevel.Dv,
        "iv" => ValidationLevel.Iv,
        "ov" => ValidationLevel.Ov,
        "ev" => ValidationLevel.Ev,
        _ => null,
    };

    private static ValidationLevel? OfPolicy(string policy) => policy switch
    {
        "2.23.140.1.1" => ValidationLevel.Ev,
        "2.23.140.1.2.1" => ValidationLevel.Dv,
        "2.23.140.1.2.2" => ValidationLevel.Ov,
        "2.23.140.1.2.3" => ValidationLevel.Iv,
        _ => null,
    };
}
