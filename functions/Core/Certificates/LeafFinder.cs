namespace Certrelay.Certificates;

/// <summary>Finds the server's certificate among those of an upload.</summary>
internal static class LeafFinder
{
    /// <summary>
    /// The one that issued no other, rather no authority, rather the owner of a key in the upload, rather the newest, rather the one that lasts longest; never by
    /// the order in which they came.
    /// Structure goes before the key: a laboratory that sends its root's key by mistake hears of a mismatch.
    /// </summary>
    public static CertificateRecord? Find(IReadOnlyList<CertificateRecord> certificates, IReadOnlyList<UploadedKey> keys) => certificates
        .OrderBy(one => certificates.Any(other => one != other && one.IsNamedIssuerOf(other)))
        .ThenBy(static one => one.IsCa)
        .ThenByDescending(one => keys.Any(key => key.Reading is PrivateKeyReading.Usable usable && usable.Key.PublicKey.IsSameKeyAs(one.PublicKey)))
        .ThenByDescending(static one => one.NotBefore)
        .ThenByDescending(static one => one.NotAfter)
        .ThenBy(static one => one.Fingerprint.Hex, StringComparer.Ordinal)
        .FirstOrDefault();
}
