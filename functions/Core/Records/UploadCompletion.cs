using Certrelay.Certificates;

namespace Certrelay.Records;

/// <summary>What an upload brings to a version of the same leaf that is stored already.</summary>
internal static class UploadCompletion
{
    public static UploadEffect EffectOf(VersionRecord same, CertificateInspection inspection) =>
        Completes(inspection, same) ? UploadEffect.KeyAdded
        : CompletesChain(same, inspection) ? UploadEffect.ChainAdded
        : UploadEffect.Unchanged;

    /// <summary>True when an upload has a key, or the second half of a pair, that the stored version lacks.</summary>
    public static bool Completes(CertificateInspection inspection, VersionRecord version) =>
        inspection.PrivateKey is not null && !version.Removing && (version.Key is null || (version.Encryption is null && inspection.EncryptionKey is not null));

    /// <summary>True when an upload brings the intermediates that a version with a key lacks.</summary>
    public static bool CompletesChain(VersionRecord same, CertificateInspection inspection) =>
        same is { Key: not null, Removing: false, Chain.Count: 0 } && inspection is { PrivateKey: not null, Chain.Count: > 0 };

    /// <summary>True when both have an encryption certificate, and not the same one.</summary>
    public static bool HasAnotherPair(VersionRecord version, CertificateInspection inspection) =>
        version.Encryption is { } pair && inspection.Encryption is { } sent && pair.Fingerprint != sent.Fingerprint;
}
