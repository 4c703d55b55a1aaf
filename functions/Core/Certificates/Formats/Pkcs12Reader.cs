using System.Formats.Asn1;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace Certrelay.Certificates;

/// <summary>
/// Reads PKCS#12 (RFC 7292) as OpenSSL, Windows, Java and browsers write it: with any of their ciphers, with a passphrase, with an empty one or with none.
/// </summary>
internal sealed class Pkcs12Reader(Upload upload, FileContent file)
{
    private const string FriendlyName = "1.2.840.113549.1.9.20";

    // Java marks with it the entries of a truststore.
    private const string TrustedKeyUsage = "2.16.840.1.113894.746875.1.1";
    private const int DeepestNesting = 4;
    private const int LongestAlias = 60;

    private readonly string _scope = file.Scope(FileForm.Pkcs12);

    public void Read()
    {
        try
        {
            var frame = Pkcs12Frame.Read(file.Bytes);
            if (frame.Obstacle is { } obstacle)
                upload.Closed.Add(FindingCodes.FileUnsupported.At(_scope, $"{_scope} is protected in a way that cannot be opened here: {obstacle}."));
            else
                Open(frame);
        }
        catch (Exception fault) when (fault is AsnContentException or CryptographicException)
        {
            upload.Report(FindingCodes.FileDamaged.At(_scope));
        }
    }

    private void Open(Pkcs12Frame frame)
    {
        // Null: no passphrase at all, which writers tell from an empty one.
        List<Passphrase?> attempts = [.. file.Passphrases, Passphrase.Empty, null];
        foreach (var passphrase in attempts)
        {
            // Those that nobody gave are tried as far as it costs little.
            if (!file.Budget.TrySpend(frame.MacRounds))
                break;
            var info = Pkcs12Info.Decode(file.Bytes, out _, skipCopy: true);
            if (info.IntegrityMode is Pkcs12IntegrityMode.Password && !info.VerifyMac(CharactersOf(passphrase)))
                continue;
            if (!file.Budget.TrySpend(frame.PartRounds))
            {
                upload.Closed.Add(FindingCodes.FileUnsupported.At(_scope, $"{_scope} needs more rounds of key derivation than one upload may cost."));
                return;
            }

            if (!TryDecrypt(info, CharactersOf(passphrase)))
                continue;
            foreach (var part in info.AuthenticatedSafe)
                Take(part, passphrase, depth: 0);
            return;
        }

        upload.Closed.Add((file.Passphrases.Count > 0 ? FindingCodes.FilePassphrase : FindingCodes.FileEncrypted).At(_scope));
    }

    private static bool TryDecrypt(Pkcs12Info info, ReadOnlySpan<char> passphrase)
    {
        foreach (var part in info.AuthenticatedSafe.Where(static part => part.ConfidentialityMode is Pkcs12ConfidentialityMode.Password))
        {
            try
            {
                part.Decrypt(passphrase);
            }
            catch (CryptographicException)
            {
                return false;
            }
        }

        return true;
    }

    private static ReadOnlySpan<char> CharactersOf(Passphrase? passphrase) => passphrase is null ? default : passphrase.Characters;

    private void Take(Pkcs12SafeContents part, Passphrase? passphrase, int depth)
    {
        if (part.ConfidentialityMode is not Pkcs12ConfidentialityMode.None || depth > DeepestNesting)
        {
            upload.Report(FindingCodes.FileUnsupported.At(_scope, $"A part of {_scope} is encrypted for somebody's certificate, or nested too deeply."));
            return;
        }

        foreach (var bag in part.GetBags())
        {
            switch (bag)
            {
                case Pkcs12CertBag { IsX509Certificate: true } certificate:
                    TakeCertificate(certificate);
                    break;
                case Pkcs12KeyBag key:
                    upload.AddKey(ScopeOf(key), PrivateKeyReader.Read(key.Pkcs8PrivateKey));
                    Clear(key.EncodedBagValue);
                    break;
                case Pkcs12ShroudedKeyBag key:
                    upload.AddKey(ScopeOf(key), Open(key, passphrase));
                    break;
                case Pkcs12SafeContentsBag { SafeContents: { } inner }:
                    Take(inner, passphrase, depth + 1);
                    break;
            }
        }
    }
    private PrivateKeyReading Open(Pkcs12ShroudedKeyBag key, Passphrase? passphrase)
    {
        // Java's keystores may have another passphrase for a key than for the file.
        var reading = EncryptedKeyReader.Read(
            key.EncryptedPkcs8PrivateKey, [.. new[] { passphrase }.Concat(file.Passphrases).Append(Passphrase.Empty).Append(null).Distinct()], file.Budget);
        return reading is PrivateKeyReading.WrongPassphrase && file.Passphrases.Count is 0 ? new PrivateKeyReading.Encrypted() : reading;
    }

    private void TakeCertificate(Pkcs12CertBag bag)
    {
        var der = new AsnReader(bag.EncodedCertificate, AsnEncodingRules.BER).ReadOctetString();
        if (!upload.TryAddCertificate(der, out var certificate))
            upload.Report(FindingCodes.FileDamaged.At(ScopeOf(bag), $"A certificate in {ScopeOf(bag)} is no X.509 certificate."));
        else if (Find(bag, TrustedKeyUsage) is not null)
            upload.Trusted.Add(certificate.Fingerprint);
    }

    private string ScopeOf(Pkcs12SafeBag bag) => AliasOf(bag) is { Length: > 0 } alias ? $"{_scope}, entry {alias}" : _scope;

    private static string? AliasOf(Pkcs12SafeBag bag) => Find(bag, FriendlyName) is [0x1E, ..] encoded
        ? PrintableText.Of(new AsnReader(encoded, AsnEncodingRules.BER).ReadCharacterString(UniversalTagNumber.BMPString), LongestAlias)
        : null;

    /// <summary>The first value of an attribute; null where there is none.</summary>
    private static byte[]? Find(Pkcs12SafeBag bag, string oid) => bag.Attributes.Cast<CryptographicAttributeObject>()
        .FirstOrDefault(attribute => attribute.Oid.Value == oid)?.Values is { Count: > 0 } values ? values[0].RawData : null;

    private static void Clear(ReadOnlyMemory<byte> key) => CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(key).Span);
}
