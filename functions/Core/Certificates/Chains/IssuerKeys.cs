using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>
/// Public keys of issuers as the framework needs them, kept by their SPKI: making one takes about as long as checking a signature with it, and nearly every upload is signed by
/// one of a few.
/// </summary>
internal static class IssuerKeys
{
    // Some hundred issuers in use, each by as many threads as there are cores; beyond it all are given up at once.
    private const int Most = 512;

    private static readonly ConcurrentDictionary<string, ConcurrentBag<AsymmetricAlgorithm>> Idle = new(StringComparer.Ordinal);

    private static int _count;

    /// <summary>Has a key check something; nobody else uses that key meanwhile.</summary>
    public static bool Check<T>(PublicKeyInfo key, Func<PublicKeyInfo, T> make, Func<T, bool> check)
        where T : AsymmetricAlgorithm
    {
        var own = Idle.TryGetValue(key.SpkiSha256, out var idle) && idle.TryTake(out var known) ? Taken((T)known) : make(key);
        var kept = false;
        try
        {
            var result = check(own);
            kept = result && Keep(key.SpkiSha256, own);
            return result;
        }
        finally
        {
            if (!kept)
                own.Dispose();
        }
    }

    private static T Taken<T>(T key)
    {
        Interlocked.Decrement(ref _count);
        return key;
    }

    /// <summary>Only keys that did sign something are kept: others would be anybody's.</summary>
    private static bool Keep(string hash, AsymmetricAlgorithm key)
    {
        if (Interlocked.Increment(ref _count) > Most)
        {
            Forget();
            return false;
        }

        Idle.GetOrAdd(hash, static _ => []).Add(key);
        return true;
    }

    private static void Forget()
    {
        Interlocked.Decrement(ref _count);
        foreach (var idle in Idle.Values)
        {
            while (idle.TryTake(out var key))
                Taken(key).Dispose();
        }

        Idle.Clear();
    }
}
