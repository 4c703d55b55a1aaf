using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;

namespace Certrelay.Records;

/// <summary>Which certificate a fingerprint or a use belongs to.</summary>
public sealed partial record IndexRecord : IRecord<IndexRecord>
{
    public int Schema { get; init; } = 1;

    public required string Name { get; init; }

    public static JsonTypeInfo<IndexRecord> Json => IndexJson.Default.IndexRecord;

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(IndexRecord))]
    private sealed partial class IndexJson : JsonSerializerContext;
}

/// <summary>The index rows of certificates: each is a hint that is held against the truth before it decides anything.</summary>
public sealed class CertificateIndex(IRecordStore store)
{
    /// <summary>Claims a fingerprint for a name and returns the name that has it: insert-if-absent makes it unique. A claim whose version was never written is taken over.</summary>
    public async Task<string> ClaimAsync(Fingerprint fingerprint, string name, CancellationToken cancellationToken)
    {
        var (key, mine) = (FingerprintKey(fingerprint), new IndexRecord { Name = name });
        while (true)
        {
            if (await store.TryInsertAsync(key, mine, cancellationToken) is not null)
                return name;
            if (await store.ReadAsync<IndexRecord>(key, cancellationToken) is not { } claim)
                continue;
            if (claim.Value.Name == name || await HasAsync(claim.Value.Name, fingerprint, cancellationToken))
                return claim.Value.Name;
            try
            {
                await store.ReplaceAsync(claim, mine, cancellationToken);
                return name;
            }
            catch (RecordConflictException)
            {
                // Somebody else claims it at the same moment: look again.
            }
        }
    }

    /// <summary>Gives a claim back.</summary>
    public Task ReleaseAsync(Fingerprint fingerprint, CancellationToken cancellationToken) =>
        store.WriteAsync([new RecordChange.Delete(FingerprintKey(fingerprint), null)], cancellationToken);

    /// <summary>Notes that a target shall serve a certificate.</summary>
    public Task UseAsync(string certificate, string target, CancellationToken cancellationToken) =>
        store.WriteAsync([new RecordChange.Put(new RecordKey(Tables.Index, $"use.{certificate}", target), new IndexRecord { Name = target }.ToBody())], cancellationToken);

    /// <summary>The targets that shall serve a certificate, in the order of their names.</summary>
    public async Task<IReadOnlyList<TargetRecord>> UsersAsync(string certificate, CancellationToken cancellationToken)
    {
        var users = new List<TargetRecord>();
        await foreach (var row in store.QueryAsync(Tables.Index, $"use.{certificate}", RowRange.All, cancellationToken))
        {
            if (await store.ReadAsync<TargetRecord>(TargetRecord.Key(row.Key.Row), cancellationToken) is { } target && target.Value.Certificate == certificate)
                users.Add(target.Value);
            else
                await store.WriteAsync([new RecordChange.Delete(row.Key, row.ETag)], cancellationToken);
        }

        return users;
    }

    private async Task<bool> HasAsync(string name, Fingerprint fingerprint, CancellationToken cancellationToken)
    {
        await foreach (var version in store.ReadRangeAsync<VersionRecord>(Tables.Certificates, name, RowRange.StartingWith("v"), cancellationToken))
        {
            if (version.Value.Fingerprint == fingerprint)
                return true;
        }

        return false;
    }

    private static RecordKey FingerprintKey(Fingerprint fingerprint) => new(Tables.Index, $"fp.{fingerprint.Hex[..2]}", fingerprint.Hex);
}
