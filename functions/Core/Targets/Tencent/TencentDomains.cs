using System.ComponentModel.DataAnnotations;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Tencent;

/// <summary>Rules for the domains that settings list, and what a certificate covers of them.</summary>
internal static class TencentDomains
{
    /// <summary>Every fault of a list of domains with its match.</summary>
    /// <param name="mayBeEmpty">True where an empty list has a meaning of its own.</param>
    public static IEnumerable<ValidationResult> Faults(IReadOnlyList<string> domains, DomainMatch match, bool mayBeEmpty = false)
    {
        if (match == DomainMatch.Covered && domains.Count > 0)
            yield return new ValidationResult("must be empty with match: covered.", ["domains"]);
        else if (match == DomainMatch.Listed && domains.Count == 0 && !mayBeEmpty)
            yield return new ValidationResult("must name a domain, unless match is covered.", ["domains"]);
        foreach (var (index, domain) in domains.Index())
        {
            if (!SubjectName.TryParse(domain, out var name) || name.Kind == SubjectNameKind.Address || name.Value != domain)
                yield return new ValidationResult("must be a domain in lower case (IDNs as A-labels), or *. and one.", [$"domains[{index}]"]);
            else if (domains.Take(index).Contains(domain, StringComparer.Ordinal))
                yield return new ValidationResult("is named twice.", [$"domains[{index}]"]);
        }
    }

    /// <summary>True when one of a certificate's names covers a domain, or when no name is known.</summary>
    public static bool MayCover(IReadOnlyList<string> names, string domain) =>
        names.Count == 0 || names.Any(text => SubjectName.TryParse(text, out var name) && (name.Value == domain || name.Covers(domain)));

    /// <summary>True when the certificate covers a domain, which may be a wildcard itself.</summary>
    public static bool Covers(CertificateBundle certificate, string domain) =>
        CertificateRecord.TryParse(certificate.Leaf, out var leaf) && leaf.Names.Any(name => name.Value == domain || name.Covers(domain));
}
