namespace Certrelay.Certificates;

/// <summary>Keys and signatures that servers may use and browsers do not know.</summary>
internal static class BrowserSupport
{
    /// <summary>One finding for the chain; null when browsers know all of it.</summary>
    public static Finding? Judge(CertificateChain chain)
    {
        var leaf = chain.Leaf;
        foreach (var one in chain.Path)
        {
            if (one.PublicKey.Algorithm is KeyAlgorithm.Ed25519)
                return FindingCodes.KeyBrowsers.At(leaf.Label, $"The key of {one.Label} is Ed25519: browsers refuse it, clients of OpenSSL, GnuTLS, Go and Java accept it.");
            if (one.SignatureAlgorithm.IsEd25519)
                return FindingCodes.KeyBrowsers.At(leaf.Label, $"{one.Label} is signed with Ed25519: browsers refuse it, clients of OpenSSL, GnuTLS, Go and Java accept it.");
        }

        return leaf.PublicKey.Algorithm is KeyAlgorithm.Sm2
            ? FindingCodes.KeyBrowsers.At(leaf.Label, "The key is SM2: only clients made for China's standards accept it (GB/T 38636, RFC 8998).", Severity.Info)
            : null;
    }
}
