using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Certrelay.Targets.Local;

/// <summary>The names of the files in a target's folder; an absent one is not written. Most servers read <see cref="FullChain"/> and <see cref="Key"/>.</summary>
public sealed record FileLayout : IValidatableObject
{
    [Description("Leaf and intermediates, leaf first; null where the server reads leaf and chain from two files.")]
    [FileName]
    public string? FullChain { get; init; } = "fullchain.pem";

    [Description("The private key as PKCS#8.")]
    [FileName]
    public string Key { get; init; } = "privkey.pem";

    [Description("The leaf alone.")]
    [FileName]
    public string? Certificate { get; init; }

    [Description("The intermediates alone.")]
    [FileName]
    public string? Chain { get; init; }

    [Description("The encryption certificate of an SM2 pair, alone; the files above are those of its signing certificate.")]
    [FileName]
    public string? EncryptCertificate { get; init; }

    [Description("The private key of the encryption certificate, as PKCS#8.")]
    [FileName]
    public string? EncryptKey { get; init; }

    /// <summary>True where an SM2 pair is served: no other version can be deployed there, and a pair nowhere else.</summary>
    internal bool IsOfPair => EncryptKey is not null;

    /// <summary>Every file, the keys first: a program that watches the certificate, and our own reading of what is bound, then see the certificate change last.</summary>
    internal IEnumerable<string> Names => new[] { Key, EncryptKey, EncryptCertificate, Chain, Certificate, FullChain }.OfType<string>();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (FullChain is null && Certificate is null)
            yield return new ValidationResult("One of fullChain and certificate is needed.", [nameof(FullChain)]);
        // Letter case does not tell files apart everywhere.
        if (EncryptCertificate is null != EncryptKey is null)
            yield return new ValidationResult("encryptCertificate and encryptKey go together.", [nameof(EncryptKey)]);
        string?[] names = [FullChain, Key, Certificate, Chain, EncryptCertificate, EncryptKey];
        foreach (var group in names.OfType<string>().GroupBy(static name => name, StringComparer.OrdinalIgnoreCase))
        {
            if (group.Count() > 1)
                yield return new ValidationResult($"Two files bear the name {group.Key}.", [nameof(Key)]);
        }
    }
}
