using System.Formats.Asn1;

namespace Certrelay.Certificates;

/// <summary>
/// The outside of a PKCS#12 file (RFC 7292 section 4), read for what opening it would cost: the framework's reader makes any number of rounds.
/// </summary>
/// <param name="MacRounds">What trying a passphrase costs; 0 without a MAC.</param>
/// <param name="PartRounds">What opening the encrypted parts costs, together.</param>
/// <param name="Obstacle">Why it cannot be opened here; null when it can.</param>
internal sealed record Pkcs12Frame(int MacRounds, int PartRounds, string? Obstacle)
{
    private const string Data = "1.2.840.113549.1.7.1";
    private const string EncryptedData = "1.2.840.113549.1.7.6";

    // Of files in use: one part with certificates, one with the key.
    private const int MostParts = 16;

    // PBMAC1 (RFC 9579), which the framework does not know.
    private const string Pbmac1 = "1.2.840.113549.1.5.14";

    /// <summary>Throws <see cref="AsnContentException"/> for what is no PKCS#12.</summary>
    public static Pkcs12Frame Read(ReadOnlyMemory<byte> file)
    {
        var outer = new AsnReader(file, AsnEncodingRules.BER);
        var fields = outer.ReadSequence();
        fields.ReadIntegerBytes();
        var content = fields.ReadSequence();
        if (content.ReadObjectIdentifier() is not Data)
            return new(0, 0, "a signature in place of a passphrase");
        var parts = ReadParts(content.ReadSequence(DerReader.Context(0)).ReadOctetString());
        var mac = fields.HasData ? ReadMac(fields.ReadSequence()) : new PasswordProtection(0, null);
        return new(mac.Rounds, parts.Sum(static part => part.Rounds), parts.Prepend(mac).FirstOrDefault(static one => one.Obstacle is not null)?.Obstacle);
    }

    private static PasswordProtection ReadMac(AsnReader mac)
    {
        if (mac.ReadSequence().ReadSequence().ReadObjectIdentifier() is Pbmac1)
            return new(0, "PBMAC1");
        mac.ReadOctetString();
        // RFC 7292 section 4: one round unless it says more.
        return PasswordProtection.Of(!mac.HasData ? 1 : mac.TryReadInt32(out var rounds) ? rounds : int.MaxValue);
    }

    private static List<PasswordProtection> ReadParts(ReadOnlyMemory<byte> safe)
    {
        var protections = new List<PasswordProtection>();
        var parts = new AsnReader(safe, AsnEncodingRules.BER).ReadSequence();
        for (var count = 0; parts.HasData; count++)
        {
            if (count == MostParts)
                throw new AsnContentException("There are too many parts.");
            var part = parts.ReadSequence();
            if (part.ReadObjectIdentifier() is not EncryptedData)
                continue;
            var encrypted = part.ReadSequence(DerReader.Context(0)).ReadSequence();
            encrypted.ReadIntegerBytes();
            var content = encrypted.ReadSequence();
            content.ReadObjectIdentifier();
            protections.Add(PasswordProtection.Read(content.ReadSequence()));
        }

        return protections;
    }
}
