using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Simulators;

/// <summary>What is wrong with a certificate that somebody uploads.</summary>
public enum CertificateFault
{
    /// <summary>No readable certificate, or one that is cut off.</summary>
    BadCertificate,

    /// <summary>No readable private key.</summary>
    BadKey,

    /// <summary>The key belongs to another certificate.</summary>
    Mismatch,
}

/// <summary>An upload that a vendor would refuse.</summary>
public sealed class CertificateFaultException(CertificateFault fault) : Exception(fault.ToString())
{
    public CertificateFault Fault { get; } = fault;
}

/// <summary>A certificate with its key and chain as a vendor's store holds it, ready to be served.</summary>
public sealed class StoredCertificate
{
    private readonly SslStreamCertificateContext? _context;

    private StoredCertificate(X509Certificate2 leaf, X509Certificate2Collection chain, SslStreamCertificateContext? context) => (Leaf, Chain, _context) = (leaf, chain, context);

    public X509Certificate2 Leaf { get; }

    /// <summary>The intermediates in the order in which they were given.</summary>
    public X509Certificate2Collection Chain { get; }

    /// <summary>What a server hands to its handshakes; throws <see cref="InvalidOperationException"/> for one that it cannot serve.</summary>
    public SslStreamCertificateContext Context => _context ?? throw new InvalidOperationException("A server here does not know the key.");

    /// <summary>The names of the leaf (SAN).</summary>
    public IReadOnlyList<string> Names =>
        [.. Leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(static extension => extension.EnumerateDnsNames())];

    /// <summary>Reads PEM texts: the leaf first, then its chain, be it in one text or two; throws <see cref="CertificateFaultException"/>.</summary>
    public static StoredCertificate Read(string certificate, string? chain, string key)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(certificate);
            if (!string.IsNullOrWhiteSpace(chain))
                all.ImportFromPem(chain);
        }
        catch (CryptographicException)
        {
            throw new CertificateFaultException(CertificateFault.BadCertificate);
        }

        if (all.Count == 0)
            throw new CertificateFaultException(CertificateFault.BadCertificate);
        using var own = WithKey(all[0], key);
        // Copied through PKCS#12, because SslStream refuses a key that lives in memory alone on some systems.
        var leaf = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
        X509Certificate2Collection others = [.. all.Skip(1)];
        return new StoredCertificate(leaf, others, SslStreamCertificateContext.Create(leaf, others, offline: true));
    }

    /// <summary>A certificate that is kept and shown, and that no server here can serve.</summary>
    public static StoredCertificate Unserved(X509Certificate2 leaf, X509Certificate2Collection chain) => new(leaf, chain, null);

    /// <summary>True when the leaf covers a host name, a wildcard standing for one label.</summary>
    public bool Covers(string host) => Names.Any(name =>
        string.Equals(name, host, StringComparison.OrdinalIgnoreCase)
        || (name.StartsWith("*.", StringComparison.Ordinal) && host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            && string.Equals(name[1..], host[dot..], StringComparison.OrdinalIgnoreCase)));

    private static X509Certificate2 WithKey(X509Certificate2 leaf, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPem(leaf.ExportCertificatePem(), key);
        }
        catch (CryptographicException)
        {
            throw new CertificateFaultException(key.Contains("PRIVATE KEY-----", StringComparison.Ordinal) ? CertificateFault.Mismatch : CertificateFault.BadKey);
        }
        catch (ArgumentException)
        {
            throw new CertificateFaultException(CertificateFault.Mismatch);
        }
    }
}
