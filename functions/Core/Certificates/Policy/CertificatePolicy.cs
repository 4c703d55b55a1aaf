using System.Text.RegularExpressions;

namespace Certrelay.Certificates;

/// <summary>Holds certificates against <see cref="PolicyOptions"/> that were checked. Pure: the same certificate is judged the same.</summary>
public sealed class CertificatePolicy
{
    private readonly PolicyOptions _options;
    private readonly Severity _severity;
    private readonly Regex? _name;
    private readonly IReadOnlyList<AllowedKey> _keys;
    private readonly IReadOnlyList<(DomainPattern Domain, string Text, ValidationLevel Level)> _levels;

    public CertificatePolicy(PolicyOptions options)
    {
        _options = options;
        _severity = options.Enforce ? Severity.Error : Severity.Warning;
        _name = options.Name is null ? null : PolicyOptions.NamePattern(options.Name);
        _keys = [.. options.Keys.Select(AllowedKey.Parse).OfType<AllowedKey>()];
        _levels = [.. options.Levels.Select(static demand => (DomainPattern.Parse(demand.Domain)!, demand.Domain, ValidationLevels.Parse(demand.Level)!.Value))];
    }

    /// <summary>False when nothing is demanded.</summary>
    public bool Demands => _name is not null || _options.OwnerRequired || _options.RequiredTags.Count + _keys.Count + _options.Signatures.Count + _levels.Count > 0;

    /// <summary>Every breach at once; a leaf that could not be read (null) is not judged.</summary>
    public IReadOnlyList<Finding> Judge(string name, string? owner, IReadOnlyDictionary<string, string> tags, CertificateRecord? leaf) => Demands
        ? [.. Described(name, owner, tags), .. leaf is null ? [] : Issued(leaf)]
        : [];

    private IEnumerable<Finding> Described(string name, string? owner, IReadOnlyDictionary<string, string> tags)
    {
        if (_name?.IsMatch(name) is false)
            yield return FindingCodes.PolicyName.At(name, $"The name {name} does not match {_options.Name}.", _severity);
        if (_options.OwnerRequired && string.IsNullOrWhiteSpace(owner))
            yield return FindingCodes.PolicyOwner.At(name, $"{name} has no owner.", _severity);
        foreach (var tag in _options.RequiredTags.Distinct(StringComparer.Ordinal))
        {
            if (!tags.TryGetValue(tag, out var value) || string.IsNullOrWhiteSpace(value))
                yield return FindingCodes.PolicyTag.At(tag, $"{name} has no tag {tag}.", _severity);
        }
    }

    private IEnumerable<Finding> Issued(CertificateRecord leaf)
    {
        if (_keys.Count > 0 && !_keys.Any(allowed => allowed.Takes(leaf.PublicKey)))
            yield return FindingCodes.PolicyKey.At(leaf.Label, $"The key is {leaf.PublicKey.Name}; allowed are {string.Join(", ", _options.Keys)}.", _severity);
        if (_options.Signatures.Count > 0 && !_options.Signatures.Contains(leaf.SignatureAlgorithm.Word))
            yield return FindingCodes.PolicySignature.At(leaf.Label, $"The certificate is signed by {leaf.SignatureAlgorithm.Name}; allowed are {string.Join(", ", _options.Signatures)}.", _severity);
        if (_levels.Count == 0)
            yield break;
        var tooLow =
            from name in leaf.Names
            let demand = _levels.FirstOrDefault(demand => demand.Domain.Matches(name))
            where demand.Domain is not null && leaf.Level < demand.Level
            group name.Value by (demand.Text, demand.Level);
        foreach (var names in tooLow)
        {
            yield return FindingCodes.PolicyLevel.At(
                names.Key.Text, $"{Some([.. names])} {(names.Count() == 1 ? "needs" : "need")} {Word(names.Key.Level)} ({names.Key.Text}); the certificate is {Word(leaf.Level)}.", _severity);
        }
    }

    private static string Some(IReadOnlyList<string> names) =>
        names.Count <= 3 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(3))} and {names.Count - 3} more";

    private static string Word(ValidationLevel level) => level.ToString().ToUpperInvariant();
}
