using System.Collections.Concurrent;

namespace Certrelay.Certificates;

/// <summary>Signatures that were checked before: whether a key signed a certificate never changes, and a scan meets the same chains over and over.</summary>
internal static class KnownSignatures
{
    // Some megabytes; beyond it everything is forgotten at once.
    private const int Most = 16_384;

    private static readonly ConcurrentDictionary<(Fingerprint Certificate, string IssuerKey), SignatureCheck> Known = new();

    private static int _count;

    public static SignatureCheck Check(CertificateRecord certificate, PublicKeyInfo issuerKey)
    {
        var key = (certificate.Fingerprint, issuerKey.SpkiSha256);
        if (Known.TryGetValue(key, out var known))
            return known;
        var check = IssuerSignature.Check(new SignedContent(certificate.ToBeSigned, certificate.SignatureAlgorithm, certificate.Signature), issuerKey);
        if (Interlocked.Increment(ref _count) > Most)
        {
            Known.Clear();
            Volatile.Write(ref _count, 0);
        }

        Known[key] = check;
        return check;
    }
}
