using System.ComponentModel.DataAnnotations;
using Certrelay.Certificates;

namespace Certrelay.Targets.Calls;

/// <summary>Rules for the domains that settings list, and which of an account's a target follows.</summary>
internal static class ListedDomains
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

    /// <summary>True when one of a certificate's names serves a domain, or when no name is known yet.</summary>
    public static bool MayServe(IReadOnlyList<string> names, string domain) => names.Count == 0 || SubjectName.AnyServes(names, domain);
}
