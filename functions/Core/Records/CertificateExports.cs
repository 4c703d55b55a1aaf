using Certrelay.Certificates;

namespace Certrelay.Records;

/// <summary>Writes stored versions in the forms in which certificates leave (<see cref="ExportFormat"/>).</summary>
public sealed class CertificateExports(VersionKeys keys)
{
    /// <summary>Why a version has not what the form is made of, as a sentence; null when it has.</summary>
    public static string? WhyNot(VersionRecord version, ExportFormat format)
    {
        if (format.HoldsKey && version.Key is null)
            return "The version is watched only: its key is not here.";
        if (ExportFit.WhyNot(format, version.KeyAlgorithm, version.Encryption is not null) is { } unfit)
            return unfit;
        if (format.NeedsRoot && RootOf(version).IsEmpty)
            return "The root is not known: it did not come with the upload, and this host trusts none that issued the chain.";
        return format.Name is "chain" && version.Chain.Count is 0 ? "The version has no intermediates." : null;
    }

    /// <summary>
    /// Writes the file, which the caller disposes; the passphrase protects it where the form has one. Throws <see cref="Permanent"/> (<c>key.missing</c>) when the
    /// vault has lost the key.
    /// </summary>
    public async Task<ExportedFile> WriteAsync(VersionRecord version, ExportFormat format, Passphrase? passphrase, CancellationToken cancellationToken)
    {
        var bundle = format.HoldsKey
            ? await keys.OpenAsync(version, cancellationToken)
            : version.ToBundle([], []);
        using var content = new ExportContent(bundle, format.NeedsRoot ? RootOf(version) : default, passphrase, version.Created);
        return format.Export(content);
    }

    /// <summary>The root that came with the upload, else the one of this host's that issued the chain; empty when neither is there.</summary>
    private static ReadOnlyMemory<byte> RootOf(VersionRecord version)
    {
        if (version.Root is { } root)
            return root;
        var last = CertificateRecord.Parse(version.Chain.Count > 0 ? version.Chain[^1] : version.Leaf);
        return last.IsSelfSigned() ? last.Der : TrustedRoots.System.IssuerOf(last)?.Der ?? default;
    }
}
