using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Certrelay.Certificates;

/// <summary>What this organization demands of its certificates beyond what clients do (section <c>Policy</c> of the settings); nothing when absent.</summary>
public sealed record PolicyOptions : IValidatableObject
{
    [Description("True: an upload or a change that breaks the policy is refused. False: it is taken, and the findings are warnings.")]
    public bool Enforce { get; init; }

    [Description("A regular expression that the whole name of a certificate matches, such as (prod|test)-[a-z0-9-]+; without look-around and back references.")]
    public string? Name { get; init; }

    [Description("Tags that every certificate has, such as env; one that is empty does not count.")]
    public IReadOnlyList<string> RequiredTags { get; init; } = [];

    [Description("True: every certificate has an owner.")]
    public bool OwnerRequired { get; init; }

    [Description("Keys that are allowed: rsa-2048 for exactly so many bits, rsa-3072+ for so many or more, p-256, p-384, p-521, sm2, ed25519. Empty: all that clients accept.")]
    public IReadOnlyList<string> Keys { get; init; } = [];

    [Description("Signatures of the leaf that are allowed: rsa-sha256, rsa-pss-sha384, ecdsa-sha512 and the like, sm2-sm3, ed25519. Empty: all that clients accept.")]
    public IReadOnlyList<string> Signatures { get; init; } = [];

    [Description("Which validation is demanded where; for each name the first that matches counts.")]
    public IReadOnlyList<LevelDemand> Levels { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Name is not null && NameFault(Name) is { } fault)
            yield return new ValidationResult(fault, [nameof(Name)]);
        foreach (var (index, tag) in RequiredTags.Index())
        {
            if (tag.Length is 0 or > 100 || tag.Any(char.IsControl))
                yield return new ValidationResult("A tag is named in 1 to 100 characters, none of them a control character.", [$"{nameof(RequiredTags)}[{index}]"]);
        }

        foreach (var (index, key) in Keys.Index())
        {
            if (AllowedKey.Parse(key) is null)
                yield return new ValidationResult($"{key} is no kind of key; known are {AllowedKey.Words}.", [$"{nameof(Keys)}[{index}]"]);
        }

        foreach (var (index, signature) in Signatures.Index())
        {
            if (!SignatureWords.All.Contains(signature))
                yield return new ValidationResult($"{signature} is no kind of signature; known are {string.Join(", ", SignatureWords.All)}.", [$"{nameof(Signatures)}[{index}]"]);
        }

        foreach (var (index, demand) in Levels.Index())
        {
            foreach (var (member, message) in demand.Faults())
                yield return new ValidationResult(message, [$"{nameof(Levels)}[{index}]:{member}"]);
        }
    }

    /// <summary>The pattern of a name; throws <see cref="ArgumentException"/> or <see cref="NotSupportedException"/> for one that <see cref="Validate"/> refuses.</summary>
    // Without backtracking it takes a time that grows with the name alone, whatever somebody wrote.
    internal static Regex NamePattern(string pattern) =>
        new($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    private static string? NameFault(string pattern)
    {
        try
        {
            // Alone first: within the brackets that hold it a stray one of its own would pair up.
            _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
            _ = NamePattern(pattern);
            return null;
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            return $"This is no regular expression without look-around and back references: {fault.Message}";
        }
    }
}

/// <summary>The validation that names of a domain need.</summary>
public sealed record LevelDemand
{
    [Description("shop.example.com for this name, *.example.com for every name below, * for every name.")]
    public string Domain { get; init; } = "";

    [Description("The least level: dv, iv, ov or ev.")]
    public string Level { get; init; } = "";

    internal IEnumerable<(string Member, string Message)> Faults()
    {
        if (DomainPattern.Parse(Domain) is null)
            yield return (nameof(Domain), "A domain is written as shop.example.com, *.example.com or *.");
        if (ValidationLevels.Parse(Level) is null)
            yield return (nameof(Level), "A level is dv, iv, ov or ev.");
    }
}
