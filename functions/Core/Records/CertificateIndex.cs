using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;

namespace Certrelay.Records;

/// <summary>What an index row points at: the certificate that has a fingerprint, the target that uses one, the rollout that brings one.</summary>
public sealed partial record IndexRecord : IRecord<IndexRecord>
{
    public int Schema { get; init; } = 1;

    public required string Name { get; init; }

    /// <summary>When the row was written.</summary>
    public DateTimeOffset At { get; init; }

    public static JsonTypeInfo<IndexRecord> Json => IndexJson.Default.IndexRecord;

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(IndexRecord))]
    private sealed partial class IndexJson : JsonSerializerContext;
}

/// <summary>The index rows of certificates: each is a hint that is held against the truth before it decides anything.</summary>
public sealed class CertificateIndex(IRecordStore store, TimeProvider time)
{
    /// <summary>How long a row counts although the truth that it points at is not written: what it was written for may be under way.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Claims a fingerprint for a name and returns the name that has it: insert-if-absent makes it unique. An old claim whose version was never written is
    /// taken over.
    /// </summary>
    public async Task<string> ClaimAsync(Fingerprint fingerprint, string name, CancellationToken cancellationToken)
    {
        var (key, mine) = (FingerprintKey(fingerprint), new IndexRecord { Name = name, At = time.GetUtcNow() });
        while (true)
        {
            if (await store.TryInsertAsync(key, mine, cancellationToken) is not null)
                return name;
            if (await store.ReadAsync<IndexRecord>(key, cancellationToken) is not { } claim)
                continue;
            if (await HoldsAsync(claim.Value, fingerprint, cancellationToken))
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

    /// <summary>The name that a fingerprint is claimed for; null when it is free.</summary>
    public async Task<string?> HolderAsync(Fingerprint fingerprint, CancellationToken cancellationToken) =>
        await store.ReadAsync<IndexRecord>(FingerprintKey(fingerprint), cancellationToken) is { } claim
        && await HoldsAsync(claim.Value, fingerprint, cancellationToken)
            ? claim.Value.Name
            : null;

    /// <summary>Gives a claim back; one that another name has taken over stays.</summary>
    public async Task ReleaseAsync(Fingerprint fingerprint, string name, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync<IndexRecord>(FingerprintKey(fingerprint), cancellationToken) is { } claim && claim.Value.Name == name)
            await DropAsync(claim.Key, claim.ETag, cancellationToken);
    }

    /// <summary>Notes that a target shall serve a certificate; to be done before the target says so and once more after, because a reader in between drops the row.</summary>
    public Task UseAsync(string certificate, string target, CancellationToken cancellationToken) =>
        store.WriteAsync([new RecordChange.Put(UseKey(certificate, target), Row(target))], cancellationToken);

    /// <summary>True when the use of a certificate by a target is noted.</summary>
    public async Task<bool> IsUseNotedAsync(string certificate, string target, CancellationToken cancellationToken) =>
        await store.GetAsync(UseKey(certificate, target), cancellationToken) is not null;

    /// <summary>Drops the note of a use that is over.</summary>
    public async Task ForgetAsync(string certificate, string target, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(UseKey(certificate, target), cancellationToken) is { } row)
            await UserAsync(row, certificate, cancellationToken);
    }

    /// <summary>The targets that shall serve a certificate, in the order of their names.</summary>
    public async Task<IReadOnlyList<TargetRecord>> UsersAsync(string certificate, CancellationToken cancellationToken)
    {
        var users = new List<TargetRecord>();
        await foreach (var row in store.QueryAsync(Tables.Index, $"use.{certificate}", RowRange.All, cancellationToken))
        {
            if (await UserAsync(row, certificate, cancellationToken) is { } target)
                users.Add(target);
        }

        return users;
    }

    /// <summary>Notes that a target may have a version of a certificate; to be done before the target says so. It stays when the target is given another certificate.</summary>
    public Task HoldAsync(string certificate, string target, CancellationToken cancellationToken) =>
        store.WriteAsync([new RecordChange.Put(HeldKey(certificate, target), Row(target))], cancellationToken);

    /// <summary>True when it is noted that a target may have a version of a certificate.</summary>
    public async Task<bool> IsHoldNotedAsync(string certificate, string target, CancellationToken cancellationToken) =>
        await store.GetAsync(HeldKey(certificate, target), cancellationToken) is not null;

    /// <summary>The notes of targets that may have a version of a certificate.</summary>
    public IAsyncEnumerable<Stored<IndexRecord>> HoldersAsync(string certificate, CancellationToken cancellationToken) =>
        store.ReadRangeAsync<IndexRecord>(Tables.Index, $"held.{certificate}", RowRange.All, cancellationToken);

    /// <summary>Notes that a rollout brings a certificate to targets; to be done before the rollout is written.</summary>
    public Task RunAsync(string certificate, string rollout, CancellationToken cancellationToken) =>
        store.WriteAsync([new RecordChange.Put(RunKey(certificate, rollout), Row(rollout))], cancellationToken);

    /// <summary>The rollouts noted for a certificate, newest first.</summary>
    public IAsyncEnumerable<Stored<IndexRecord>> RunsAsync(string certificate, CancellationToken cancellationToken) =>
        store.ReadRangeAsync<IndexRecord>(Tables.Index, $"run.{certificate}", RowRange.All, cancellationToken);

    /// <summary>Drops a row as it was read; one that was written anew stays.</summary>
    public async Task DropAsync(RecordKey key, string etag, CancellationToken cancellationToken)
    {
        try
        {
            await store.WriteAsync([new RecordChange.Delete(key, etag)], cancellationToken);
        }
        catch (RecordConflictException)
        {
            // Written anew, or gone already.
        }
    }

    /// <summary>True for a row that was written so lately that its truth may still follow.</summary>
    public bool IsFresh(IndexRecord row) => row.At + Fresh > time.GetUtcNow();

    private ReadOnlyMemory<byte> Row(string name) => new IndexRecord { Name = name, At = time.GetUtcNow() }.ToBody();

    private async Task<TargetRecord?> UserAsync(StoredRecord row, string certificate, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync<TargetRecord>(TargetRecord.Key(row.Key.Row), cancellationToken) is { } target && target.Value.Certificate == certificate)
            return target.Value;
        await DropAsync(row.Key, row.ETag, cancellationToken);
        return null;
    }

    private async Task<bool> HoldsAsync(IndexRecord claim, Fingerprint fingerprint, CancellationToken cancellationToken)
    {
        if (IsFresh(claim))
            return true;
        await foreach (var version in store.ReadRangeAsync<VersionRecord>(Tables.Certificates, claim.Name, RowRange.StartingWith("v"), cancellationToken))
        {
            if (version.Value.Fingerprint == fingerprint)
                return true;
        }

        return false;
    }

    private static RecordKey FingerprintKey(Fingerprint fingerprint) => new(Tables.Index, $"fp.{fingerprint.Hex[..2]}", fingerprint.Hex);

    internal const string UsePrefix = "use.";

    internal static string UsePartition(string? certificate) => UsePrefix + certificate;

    private static RecordKey UseKey(string certificate, string target) => new(Tables.Index, UsePartition(certificate), target);

    private static RecordKey HeldKey(string certificate, string target) => new(Tables.Index, $"held.{certificate}", target);

    private static RecordKey RunKey(string certificate, string rollout) => new(Tables.Index, $"run.{certificate}", rollout);
}
