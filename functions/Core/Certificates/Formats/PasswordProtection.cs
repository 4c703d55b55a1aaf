using System.Formats.Asn1;
using System.Globalization;

namespace Certrelay.Certificates;

/// <summary>How something is encrypted under a passphrase (RFC 8018, RFC 7292 appendix C).</summary>
/// <param name="Rounds">Of the key derivation.</param>
/// <param name="Obstacle">Why it cannot be opened here; null when it can.</param>
internal sealed record PasswordProtection(int Rounds, string? Obstacle)
{
    private const string Pbes2 = "1.2.840.113549.1.5.13";
    private const string Pbkdf2 = "1.2.840.113549.1.5.12";

    /// <summary>Reads an AlgorithmIdentifier; throws <see cref="AsnContentException"/> for anything else.</summary>
    public static PasswordProtection Read(AsnReader algorithm)
    {
        var oid = algorithm.ReadObjectIdentifier();
        return oid is Pbes2 ? ReadPbes2(algorithm.ReadSequence())
            : IsPbes1(oid) ? Of(ReadRounds(algorithm.ReadSequence()))
            : Unknown(oid);
    }

    /// <summary>The rounds held against the limit.</summary>
    public static PasswordProtection Of(int rounds) => rounds is >= 1 and <= DerivationBudget.MostRounds
        ? new(rounds, null)
        : new(0, string.Create(CultureInfo.InvariantCulture, $"{rounds} rounds of key derivation, where at most {DerivationBudget.MostRounds} are made"));

    private static PasswordProtection ReadPbes2(AsnReader parameters)
    {
        var derivation = parameters.ReadSequence();
        var cipher = parameters.ReadSequence().ReadObjectIdentifier();
        if (derivation.ReadObjectIdentifier() is var kdf and not Pbkdf2)
            return Unknown(kdf);
        return IsCipher(cipher) ? Of(ReadRounds(derivation.ReadSequence())) : Unknown(cipher);
    }

    private static int ReadRounds(AsnReader parameters)
    {
        parameters.ReadEncodedValue();
        return parameters.TryReadInt32(out var rounds) ? rounds : int.MaxValue;
    }

    private static PasswordProtection Unknown(string oid) => new(0, oid switch
    {
        "1.3.6.1.4.1.11591.4.11" => "scrypt",
        "1.2.840.113549.1.12.1.1" or "1.2.840.113549.1.12.1.2" => "RC4",
        "1.2.840.113549.1.5.14" => "PBMAC1",
        "1.2.156.10197.1.104.2" => "SM4",
        _ => $"algorithm {oid}",
    });

    // MD5 or SHA-1 with DES or RC2 (RFC 8018 appendix A.3), and PKCS#12's own with Triple DES and RC2.
    private static bool IsPbes1(string oid) => oid
        is "1.2.840.113549.1.5.3" or "1.2.840.113549.1.5.6" or "1.2.840.113549.1.5.10" or "1.2.840.113549.1.5.11"
        or "1.2.840.113549.1.12.1.3" or "1.2.840.113549.1.12.1.4" or "1.2.840.113549.1.12.1.5" or "1.2.840.113549.1.12.1.6";

    // AES in three lengths, Triple DES, RC2, DES; all in CBC mode.
    private static bool IsCipher(string oid) => oid
        is "2.16.840.1.101.3.4.1.2" or "2.16.840.1.101.3.4.1.22" or "2.16.840.1.101.3.4.1.42"
        or "1.2.840.113549.3.7" or "1.2.840.113549.3.2" or "1.3.14.3.2.7";
}
