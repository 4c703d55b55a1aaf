namespace Certrelay.Certificates;

/// <summary>How an upload is judged.</summary>
public sealed record InspectionOptions
{
    /// <summary>The moment at which validity is judged.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Turns the faults of a self-signed laboratory certificate (no issuer, CA:TRUE, no subjectAltName) into warnings.</summary>
    public bool AllowSelfSigned { get; init; }

    /// <summary>Opens encrypted keys and keystores; null when none came. Whoever made it disposes it.</summary>
    public Passphrase? Passphrase { get; init; }

    /// <summary>The trust stores that the chain is chosen and judged by.</summary>
    public TrustStores Stores { get; init; } = TrustStores.None;

    /// <summary>Certificates of authorities that may complete the chain although they did not come along.</summary>
    public IReadOnlyList<CertificateRecord> Known { get; init; } = [];

    /// <summary>True when whoever asks fetches missing intermediates afterwards: then nothing is refused for the want of one that can be had.</summary>
    public bool FetchesIssuers { get; init; }

    /// <summary>False for a certificate that is only watched.</summary>
    public bool KeyRequired { get; init; } = true;
}

/// <summary>What an upload holds and every local fault of it. Disposal zeroes the private key.</summary>
public sealed class CertificateInspection : IDisposable
{
    internal CertificateInspection(
        CertificateRecord? leaf, IReadOnlyList<CertificateRecord> chain, PrivateKey? privateKey, IReadOnlyList<Finding> findings, CertificateRecord? root = null) =>
        (Leaf, Chain, PrivateKey, Findings, Root) = (leaf, chain, privateKey, findings, root);

    /// <summary>The same with the second certificate of an SM2 pair; the keys are the new one's to dispose.</summary>
    internal CertificateInspection Joined(CertificateRecord? encryption, PrivateKey? encryptionKey, IReadOnlyList<Finding> findings) =>
        new(Leaf, Chain, PrivateKey, findings, Root)
        {
            Certificates = Certificates,
            Alternates = Alternates,
            Trust = Trust,
            IsOpen = IsOpen,
            Encryption = encryption,
            EncryptionKey = encryptionKey,
        };

    /// <summary>Null when no certificate could be read.</summary>
    public CertificateRecord? Leaf { get; }

    /// <summary>Issuer of the leaf first, each having signed the one before, without the root.</summary>
    public IReadOnlyList<CertificateRecord> Chain { get; }

    /// <summary>The self-signed authority above the chain; null when it did not come.</summary>
    public CertificateRecord? Root { get; }

    /// <summary>Other certificates of authorities in or above the chain, such as cross-signed ones: other chains are made of them.</summary>
    public IReadOnlyList<CertificateRecord> Alternates { get; internal init; } = [];

    /// <summary>What each trust store says of the chain.</summary>
    public IReadOnlyList<StoreVerdict> Trust { get; internal init; } = [];

    /// <summary>True when the chain ends below an authority that is not known here; a chain of a private authority that came without its root does too.</summary>
    public bool IsOpen { get; internal init; }

    /// <summary>True when the chain ends below an authority that is not known here and says where that can be had.</summary>
    public bool CanBeCompleted => IsOpen && Leaf is not null && IssuerSources.Of(Chain.Count > 0 ? Chain[^1] : Leaf).Count > 0;

    /// <summary>The key of the leaf; null when it did not come or does not match.</summary>
    public PrivateKey? PrivateKey { get; }

    /// <summary>All that came, whether they belong together or not.</summary>
    internal IReadOnlyList<CertificateRecord> Certificates { get; init; } = [];

    /// <summary>The encryption certificate of an SM2 pair; null when none came.</summary>
    public CertificateRecord? Encryption { get; private init; }

    /// <summary>The key of <see cref="Encryption"/>; null when it did not come or does not match.</summary>
    public PrivateKey? EncryptionKey { get; private init; }

    /// <summary>One for each code and scope, always in the same order for the same input.</summary>
    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>True when nothing refuses the upload.</summary>
    public bool IsAccepted => Findings.All(static finding => finding.Severity is not Severity.Error);

    public void Dispose()
    {
        PrivateKey?.Dispose();
        EncryptionKey?.Dispose();
    }
}
