namespace Certrelay.Certificates;

/// <summary>What an upload holds beside the leaf and its chain without the chain being broken: further pairs of certificate and key, and trusted entries of a keystore.</summary>
internal static class OtherEntries
{
    /// <summary>Reports them and returns the chain without them among its strangers.</summary>
    public static CertificateChain Explain(CertificateChain chain, Upload upload, DateTimeOffset now, FindingList findings)
    {
        var pairs = chain.Strangers.Where(one => KeyOf(one, upload) is not null && !one.PublicKey.IsSameKeyAs(chain.Leaf.PublicKey))
            .OrderBy(static one => one.Fingerprint.Hex, StringComparer.Ordinal).ToList();
        var explained = pairs.SelectMany(pair => Related(pair, upload, now)).ToHashSet();
        if (pairs.Count > 0)
            findings.Add(FindingCodes.LeafSeveral.At("input", $"The input holds {pairs.Count + 1} certificates for servers, each with its key: {string.Join("; ", pairs.Prepend(chain.Leaf).Select(one => Describe(one, upload)))}."));
        foreach (var trusted in chain.Strangers.Where(one => upload.Trusted.Contains(one.Fingerprint) && explained.Add(one)))
            findings.Add(FindingCodes.FilePassedOver.At(trusted.Label, $"The trusted certificate {trusted.Label} issued nothing in this chain and was passed over."));
        return chain with { Strangers = [.. chain.Strangers.Except(explained)] };
    }

    private static IEnumerable<CertificateRecord> Related(CertificateRecord pair, Upload upload, DateTimeOffset now)
    {
        var chain = CertificateChain.Build(pair, upload.Certificates, now);
        return [.. chain.Path, .. chain.Roots, .. chain.Alternates];
    }

    private static UploadedKey? KeyOf(CertificateRecord certificate, Upload upload) =>
        upload.Keys.Find(key => key.Reading is PrivateKeyReading.Usable usable && usable.Key.PublicKey.IsSameKeyAs(certificate.PublicKey));

    private static string Describe(CertificateRecord certificate, Upload upload) =>
        $"{certificate.Label} until {certificate.NotAfter:u}{(KeyOf(certificate, upload) is { } key ? $" ({key.Scope})" : "")}";
}
