using System.Buffers;
using System.Security.Cryptography;

namespace Certrelay.Rollouts;

/// <summary>The id of a rollout: 26 characters, the newest first in ordinal order, so that a listing begins with what people look for.</summary>
public static class RolloutId
{
    // Crockford's digits, as in ULIDs: no letter that is taken for another.
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    private static readonly SearchValues<char> DigitValues = SearchValues.Create(Digits);

    // 10 digits of 5 bits hold milliseconds beyond the year 37000; counted down from there.
    private const long Far = (1L << 50) - 1;

    /// <summary>True for a text that could be an id.</summary>
    public static bool IsValid(string? text) => text is { Length: 26 } && !text.AsSpan().ContainsAnyExcept(DigitValues);

    /// <summary>An id that nobody else has: 50 bits of time, 80 of chance.</summary>
    public static string New(DateTimeOffset now)
    {
        var time = Far - now.ToUnixTimeMilliseconds();
        Span<char> id = stackalloc char[26];
        for (var i = 9; i >= 0; i--, time >>= 5)
            id[i] = Digits[(int)(time & 31)];
        Span<byte> chance = stackalloc byte[16];
        RandomNumberGenerator.Fill(chance);
        for (var i = 0; i < 16; i++)
            id[10 + i] = Digits[chance[i] & 31];
        return new string(id);
    }
}
