using System.Text.Json;
using System.Text.Json.Serialization;
using Certrelay.Vault;

namespace Certrelay.Records;

/// <summary>
/// Heads of the audit trail in the vault, where a hand that can rewrite the records does not reach. Each vault version of
/// <c>aud-&lt;day&gt;-&lt;writer&gt;</c> is a later
/// head of the same chain; a head that does not continue the one sealed before is not sealed.
/// </summary>
public sealed partial class AuditSeals(IRecordStore store, IVault vault)
{
    private const string Prefix = "aud-";

    // A process that stopped without a last seal is sealed by the next one, after a long holiday too.
    private const int Days = 14;

    /// <summary>True for the name of a secret that holds the heads of a chain.</summary>
    public static bool IsSeal(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Seals every chain of the last days that has grown; returns the chains whose sealed entries are no longer there.</summary>
    public async Task<IReadOnlyList<AuditFault>> SealAsync(DateOnly today, CancellationToken cancellationToken)
    {
        var faults = new List<AuditFault>();
        await foreach (var chain in store.ReadRangeAsync<AuditChain>(
            AuditRecord.Table, AuditChain.Partition, AuditChain.Days(today.AddDays(-Days), today), cancellationToken))
        {
            var name = chain.Value.Chain;
            if (await store.ReadAsync<AuditHead>(AuditHead.Key(name), cancellationToken) is not { Value: var head })
                continue;
            var point = new AuditPoint(name, head.Count, head.Hash);
            var before = await ReadAsync(name, cancellationToken);
            if (before == point)
                continue;
            if (before is not null && !await StillHoldsAsync(before, cancellationToken))
            {
                faults.Add(new AuditFault(name, before.Count, AuditFaultKind.Unsealed, "The sealed entry is no longer there as it was."));
                continue;
            }

            var tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["fingerprint"] = head.Hash };
            var value = JsonSerializer.SerializeToUtf8Bytes(point, AuditSealsJson.Default.AuditPoint);
            await vault.PutAsync(NameOf(name), value, tags, cancellationToken);
        }

        return faults;
    }

    /// <summary>The head of a chain as it was sealed last; null when it never was.</summary>
    public async Task<AuditPoint?> ReadAsync(string chain, CancellationToken cancellationToken)
    {
        var last = await vault.VersionsAsync(NameOf(chain), cancellationToken)
            .LastOrDefaultAsync(static version => version.Enabled, cancellationToken);
        if (last is null)
            return null;
        using var value = await vault.GetAsync(last.Reference, cancellationToken);
        return value is null ? null : JsonSerializer.Deserialize(value.Bytes, AuditSealsJson.Default.AuditPoint);
    }

    /// <summary>The chains of a range of days that were ever sealed.</summary>
    public IAsyncEnumerable<string> ChainsAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var range = AuditChain.Days(from, to);
        return vault.NamesAsync(Prefix, cancellationToken)
            .Where(static name => name.Length > Prefix.Length + 9)
            .Select(static name => $"{name.AsSpan(Prefix.Length, 8)}.{name.AsSpan(Prefix.Length + 9)}")
            .Where(chain => string.CompareOrdinal(chain, range.From) >= 0 && string.CompareOrdinal(chain, range.Before) < 0);
    }

    private async Task<bool> StillHoldsAsync(AuditPoint sealedHead, CancellationToken cancellationToken) =>
        (await store.ReadAsync<AuditRecord>(AuditRecord.Key(sealedHead.Chain, sealedHead.Count), cancellationToken))?.Value.Hash == sealedHead.Hash;

    private static string NameOf(string chain) => Prefix + chain.Replace('.', '-');

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(AuditPoint))]
    private sealed partial class AuditSealsJson : JsonSerializerContext;
}
