using Certrelay.Records;
using Certrelay.Vault;

namespace Certrelay.CrashHost;

/// <summary>A vault whose every write of a key, or of material for a restore, is a boundary.</summary>
internal sealed class BoundaryVault(IVault inner, Boundaries boundaries) : IVault
{
    public Task<VaultReference> PutAsync(string name, ReadOnlyMemory<byte> value, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) =>
        boundaries.PassAsync(PassageOf(name), () => inner.PutAsync(name, value, tags, cancellationToken));

    public Task<Secret?> GetAsync(VaultReference reference, CancellationToken cancellationToken) => inner.GetAsync(reference, cancellationToken);

    public IAsyncEnumerable<VaultVersion> VersionsAsync(string name, CancellationToken cancellationToken) => inner.VersionsAsync(name, cancellationToken);

    public IAsyncEnumerable<string> NamesAsync(string prefix, CancellationToken cancellationToken) => inner.NamesAsync(prefix, cancellationToken);

    public Task RemoveVersionAsync(VaultReference reference, CancellationToken cancellationToken) => inner.RemoveVersionAsync(reference, cancellationToken);

    public Task RemoveAsync(string name, CancellationToken cancellationToken) => inner.RemoveAsync(name, cancellationToken);

    private Passage? PassageOf(string name) => name.Split('-', 2) switch
    {
        ["rb", var step] when StepId.Parse(step) is var (_, target) => boundaries.LifeOf(target).MaterialSaved(),
        ["crt", var certificate] => boundaries.LifeOf(certificate).KeySaved(),
        _ => null,
    };
}
