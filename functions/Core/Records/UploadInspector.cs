using Certrelay.Certificates;

namespace Certrelay.Records;

/// <summary>Inspects uploads with what this installation knows: its trust stores, and intermediates that it has seen.</summary>
public sealed class UploadInspector(SeenAuthorities seen, TrustStores stores)
{
    /// <summary>As below, for an upload of one certificate.</summary>
    public Task<CertificateInspection> InspectAsync(IReadOnlyList<ReadOnlyMemory<byte>> inputs, InspectionOptions options, CancellationToken cancellationToken) =>
        InspectAsync(inputs, [], options, cancellationToken);

    /// <summary>
    /// As <see cref="PairInspector"/>; a chain that came without its end is completed from intermediates seen before, and where those are not enough it is accepted
    /// when the rest can be fetched.
    /// </summary>
    public async Task<CertificateInspection> InspectAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> inputs, IReadOnlyList<ReadOnlyMemory<byte>> encryption, InspectionOptions options, CancellationToken cancellationToken)
    {
        options = options with { Stores = stores, FetchesIssuers = true };
        var inspection = PairInspector.Inspect(inputs, encryption, options);
        if (!inspection.IsOpen || inspection.Leaf is not { } leaf)
            return inspection;
        IReadOnlyList<CertificateRecord> known;
        try
        {
            known = await seen.AboveAsync(inspection.Chain.Count > 0 ? inspection.Chain[^1] : leaf, cancellationToken);
        }
        catch
        {
            inspection.Dispose();
            throw;
        }

        if (known.Count == 0)
            return inspection;
        inspection.Dispose();
        return PairInspector.Inspect(inputs, encryption, options with { Known = known });
    }
}
