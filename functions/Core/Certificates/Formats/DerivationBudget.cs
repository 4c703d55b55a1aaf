namespace Certrelay.Certificates;

/// <summary>How many rounds of key derivation one upload may cost: whoever makes a file chooses its rounds, and 2^31 of them take an hour.</summary>
internal sealed class DerivationBudget
{
    /// <summary>Of one derivation. OpenSSL makes 2,048 rounds, Windows 2,000, Java 10,000, GnuTLS 600,000: of a PKCS#12 file for the MAC, for the key and for each certificate.</summary>
    public const int MostRounds = 700_000;

    private int _left = 6 * MostRounds;

    /// <summary>Takes rounds; false when they are more than is left.</summary>
    public bool TrySpend(int rounds)
    {
        if (rounds < 0 || rounds > _left)
            return false;
        _left -= rounds;
        return true;
    }
}
