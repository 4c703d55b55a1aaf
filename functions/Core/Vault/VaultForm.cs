using System.Buffers;

namespace Certrelay.Vault;

/// <summary>The form that names and tags must have, the same for every vault: what the narrowest of them (Key Vault) can hold.</summary>
public static class VaultForm
{
    /// <summary>The tag that makes a put repeatable.</summary>
    public const string FingerprintTag = "fingerprint";

    private const int MaximumName = 127;

    // Key Vault holds 15 tags of 512 and 256 characters; the others are left to what it must note about a split value.
    private const int MaximumTags = 10;
    private const int MaximumTagName = 512;
    private const int MaximumTagValue = 256;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>True for 1 to 127 letters, digits and hyphens, no two hyphens in a row: Key Vault keeps the parts of a split value under such names.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaximumName } && !name.AsSpan().ContainsAnyExcept(NameCharacters) && !name.Contains("--", StringComparison.Ordinal);

    /// <summary>Throws <see cref="ArgumentException"/> unless <see cref="IsName"/>.</summary>
    public static void CheckName(string? name)
    {
        if (!IsName(name))
            throw new ArgumentException($"A vault name is 1 to {MaximumName} letters, digits and hyphens, no two hyphens in a row.", nameof(name));
    }

    /// <summary>Throws <see cref="ArgumentException"/> when there are too many tags, or one is too long.</summary>
    public static void CheckTags(IReadOnlyDictionary<string, string> tags)
    {
        if (tags.Count > MaximumTags || tags.Any(static tag => tag.Key.Length is 0 or > MaximumTagName || tag.Value.Length > MaximumTagValue))
        {
            throw new ArgumentException(
                $"A version has at most {MaximumTags} tags, named in at most {MaximumTagName} characters, of at most {MaximumTagValue}.", nameof(tags));
        }
    }
}
