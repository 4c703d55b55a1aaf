using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Certificates;

/// <summary>The authorities that clients of this host trust, with others added by whoever asks. Read once, without framework objects where the host has a PEM bundle.</summary>
public sealed class TrustedRoots
{
    // Debian and Alpine, Fedora, OpenSUSE, macOS and the BSDs; the same list that Go's crypto/x509 goes through.
    private static readonly string[] Bundles =
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/pki/tls/cacert.pem",
        "/etc/ssl/cert.pem",
    ];

    // Where Debian and Alpine, Fedora, and OpenSUSE take authorities from that the host's owner adds to the bundle.
    private static readonly string[] Additions = ["/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors", "/etc/pki/trust/anchors"];

    private static readonly Lazy<TrustedRoots> AddedToThisHost = new(static () => new TrustedRoots(ReadAdditions()));

    private static readonly Lazy<TrustedRoots> OfThisHost = new(static () => new TrustedRoots(ReadHost()));

    private readonly List<CertificateRecord> _roots;
    private readonly ILookup<string, CertificateRecord> _bySubject;

    private TrustedRoots(IEnumerable<CertificateRecord> roots)
    {
        _roots = [.. roots];
        _bySubject = _roots.ToLookup(static root => root.FoldedSubject, StringComparer.Ordinal);
    }

    /// <summary>Those of the host (SSL_CERT_FILE, the system's bundle, or the platform's store), read at the first use.</summary>
    public static TrustedRoots System => OfThisHost.Value;

    /// <summary>Those of <see cref="System"/> that the host's owner added, as far as the system keeps them apart.</summary>
    public static TrustedRoots AddedToSystem => AddedToThisHost.Value;

    /// <summary>None at all; chains are not judged by their root then.</summary>
    public static TrustedRoots None { get; } = new([]);

    public bool IsEmpty => _roots.Count == 0;

    /// <summary>These and the certificates of a PEM text.</summary>
    public TrustedRoots With(ReadOnlyMemory<byte> pem) => new(_roots.Concat(Read(pem)));

    /// <summary>True for a trusted certificate itself, or another certificate of the same name and key, such as a cross-signed one.</summary>
    internal bool Holds(CertificateRecord certificate) =>
        _bySubject[certificate.FoldedSubject].Any(root => root.PublicKey.IsSameKeyAs(certificate.PublicKey));

    /// <summary>The trusted authority that signed it; null when none did.</summary>
    internal CertificateRecord? IssuerOf(CertificateRecord certificate) => IssuersOf(certificate).FirstOrDefault();

    /// <summary>The trusted certificates, more than one where an authority has several, whose key signed it.</summary>
    internal IEnumerable<CertificateRecord> IssuersOf(CertificateRecord certificate) =>
        _bySubject[certificate.FoldedIssuer].Where(root => root.HasIssued(certificate));

    private static IEnumerable<CertificateRecord> ReadHost()
    {
        var bundle = Environment.GetEnvironmentVariable("SSL_CERT_FILE") is { Length: > 0 } named ? named : Array.Find(Bundles, File.Exists);
        if (bundle is not null)
            return File.Exists(bundle) ? Read(File.ReadAllBytes(bundle)) : [];
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        return [.. store.Certificates.Select(static root => CertificateRecord.TryParse(root.RawData, out var record) ? record : null).OfType<CertificateRecord>()];
    }

    private static IEnumerable<CertificateRecord> ReadAdditions() => Additions.Where(Directory.Exists)
        .SelectMany(static folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        .SelectMany(static file => Read(File.ReadAllBytes(file)));

    private static IEnumerable<CertificateRecord> Read(ReadOnlyMemory<byte> pem)
    {
        foreach (var block in PemReader.Read(pem).Where(static block => block is { IsCertificate: true, Fault: null }))
        {
            if (CertificateRecord.TryParse(block.Bytes, out var record))
                yield return record;
        }
    }
}
