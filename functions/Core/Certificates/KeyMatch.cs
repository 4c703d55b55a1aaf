namespace Certrelay.Certificates;

/// <summary>Chooses the private key that belongs to the leaf, by the public key derived from it, and says what is wrong with the others.</summary>
internal static class KeyMatch
{
    public static PrivateKey? Choose(Upload upload, CertificateRecord? leaf, bool required, FindingList findings)
    {
        var chosen = leaf is null ? null : UsableKeys(upload).FirstOrDefault(key => key.PublicKey.IsSameKeyAs(leaf.PublicKey));
        // Beside the right key, what another block holds does no harm.
        Severity? severity = chosen is null ? null : Severity.Warning;
        foreach (var key in upload.Keys)
            findings.Add(JudgeForm(key, leaf, severity));
        foreach (var closed in upload.Closed)
            findings.Add(closed with { Severity = severity ?? closed.Severity });

        if (chosen is null && leaf is not null && UsableKeys(upload).Any() && !HasKindOf(upload, leaf))
            findings.Add(Mismatch(upload, leaf));
        if (required && upload is { HasCertificateBlock: true, HasKeyBlock: false, Closed: [] })
            findings.Add(FindingCodes.KeyMissing.At("input"));
        foreach (var key in UsableKeys(upload).Where(key => key != chosen))
            key.Dispose();
        return chosen;
    }

    private static IEnumerable<PrivateKey> UsableKeys(Upload upload) =>
        upload.Keys.Select(static key => (key.Reading as PrivateKeyReading.Usable)?.Key).OfType<PrivateKey>();

    private static Finding? JudgeForm(UploadedKey key, CertificateRecord? leaf, Severity? severity) => key.Reading switch
    {
        PrivateKeyReading.Encrypted => FindingCodes.KeyEncrypted.At(key.Scope, severity: severity),
        PrivateKeyReading.WrongPassphrase => FindingCodes.KeyPassphrase.At(key.Scope, severity: severity),
        PrivateKeyReading.Sealed { How: var how } =>
            FindingCodes.KeyUnsupported.At(key.Scope, $"The private key is protected in a way that cannot be opened here: {how}.", severity),
        PrivateKeyReading.Unreadable => FindingCodes.KeyUnreadable.At(key.Scope, severity: severity),
        // A leaf with the same kind of key has that finding already.
        PrivateKeyReading.Unsupported unsupported when leaf?.PublicKey.Name != unsupported.Name
            => FindingCodes.KeyUnsupported.At(key.Scope, $"The private key is of a kind that cannot be used: {unsupported.Name}.", severity),
        _ => null,
    };

    /// <summary>True when a key of the leaf's own, unsupported kind came along: it may be the right one.</summary>
    private static bool HasKindOf(Upload upload, CertificateRecord leaf) =>
        upload.Keys.Any(key => key.Reading is PrivateKeyReading.Unsupported unsupported && unsupported.Name == leaf.PublicKey.Name);

    private static Finding Mismatch(Upload upload, CertificateRecord leaf)
    {
        var first = upload.Keys.First(static key => key.Reading is PrivateKeyReading.Usable);
        var publicKey = UsableKeys(upload).First().PublicKey;
        var owner = upload.Certificates.Find(one => one.PublicKey.IsSameKeyAs(publicKey));
        return FindingCodes.KeyMismatch.At(first.Scope, owner is null
            ? $"The private key ({publicKey.Name}) does not belong to {leaf.Label} ({leaf.PublicKey.Name})."
            : $"The private key belongs to {owner.Label} and not to {leaf.Label}.");
    }
}
