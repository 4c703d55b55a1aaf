using Certrelay.Certificates;

namespace Certrelay.Targets.Calls;

/// <summary>A certificate that a vendor's store holds.</summary>
/// <param name="Id">The vendor's id, in the form that binding calls take.</param>
/// <param name="Name">The name or alias there; empty where the store has none.</param>
/// <param name="Fingerprint">SHA-256 of the leaf; null where the store does not tell without reading each one.</param>
public sealed record StoredUpload(string Id, string Name, Fingerprint? Fingerprint, IReadOnlyList<string> Names, DateTimeOffset? NotAfter);

/// <summary>Where certificates are put, one place for each: a store, or a namespace of a cluster. Every method throws <see cref="Transient"/> or <see cref="Permanent"/>.</summary>
public interface IUploadStore
{
    /// <summary>The store among all of an account: <c>ssl</c>, <c>acm.eu-central-1</c>.</summary>
    string Id { get; }

    /// <summary>The longest name that it takes.</summary>
    int LongestName { get; }

    /// <summary>The certificate with this leaf, whoever put it there; null when it is not there, or not usable.</summary>
    Task<StoredUpload?> FindAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken);

    /// <summary>Puts a certificate there under a name and returns its id.</summary>
    Task<string> UploadAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken);

    /// <summary>Removes a certificate; false when it is still in use. One that is gone already is no failure.</summary>
    Task<bool> RemoveAsync(string id, CancellationToken cancellationToken);
}

/// <summary>A vendor's certificate store in one region, whose content can be listed.</summary>
public interface ICertificateStore : IUploadStore
{
    /// <summary>What the store holds, page by page.</summary>
    IAsyncEnumerable<StoredUpload> ListAsync(CancellationToken cancellationToken);
}
