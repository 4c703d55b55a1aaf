using System.Numerics;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Watch.Alerts;

namespace Certrelay.Watch.Validation;

/// <summary>Which new keys are compared with all others, and how far that has come.</summary>
public sealed partial record SharedPrimeCursor : IRecord<SharedPrimeCursor>
{
    public int Schema { get; init; } = 1;

    /// <summary>The rows of the new keys.</summary>
    public required IReadOnlyList<string> Window { get; init; }

    public int Partition { get; init; }

    public string? After { get; init; }

    public static JsonTypeInfo<SharedPrimeCursor> Json => SharedPrimeJson.Default.SharedPrimeCursor;

    public static RecordKey Key { get; } = new(Tables.Timers, "t", "shared-primes");

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(SharedPrimeCursor))]
    private sealed partial class SharedPrimeJson : JsonSerializerContext;
}

/// <summary>
/// Compares the RSA keys that came since the last tick with all others of the register, a bounded number at each tick, and tells of those that have a prime in common. Where
/// nothing came it reads one row.
/// </summary>
public sealed class SharedPrimeScan(IRecordStore store, CertificateRegistry certificates, AlertRecords alerts, TimeProvider time)
{
    /// <summary>The time between two ticks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromHours(1);

    // Some seconds of work a tick.
    private const int MostATick = 20_000;

    // Together some MB of numbers; the larger the group, the fewer times all others are read.
    private const int MostTogether = 2_000;
    private const int BlockSize = 500;

    /// <summary>One tick; returns how many keys the new ones were compared with.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken, int most = MostATick)
    {
        var compared = 0;
        while (compared < most)
        {
            var saved = await store.ReadAsync<SharedPrimeCursor>(SharedPrimeCursor.Key, cancellationToken);
            var cursor = saved?.Value ?? new SharedPrimeCursor { Window = await NextAsync(cancellationToken) };
            var window = await ReadAsync(cursor.Window, cancellationToken);
            var (next, count) = window.Count == 0 ? (null, 0) : await CompareAsync(cursor, window, most - compared, cancellationToken);
            compared += count;
            if (next is not null)
            {
                await store.WriteAsync([new RecordChange.Put(SharedPrimeCursor.Key, next.ToBody())], cancellationToken);
                return compared;
            }

            foreach (var row in cursor.Window)
                await store.WriteAsync([new RecordChange.Delete(new RecordKey(Tables.Index, RsaModuli.Uncompared, row), null)], cancellationToken);
            if (saved is not null)
                await store.WriteAsync([new RecordChange.Delete(SharedPrimeCursor.Key, null)], cancellationToken);
            if (cursor.Window.Count == 0)
                break;
        }

        return compared;
    }

    private async Task<IReadOnlyList<string>> NextAsync(CancellationToken cancellationToken) =>
        await store.QueryAsync(Tables.Index, RsaModuli.Uncompared, RowRange.All, cancellationToken).Take(MostTogether).Select(static row => row.Key.Row).ToListAsync(cancellationToken);

    private async Task<List<RsaModulusRecord>> ReadAsync(IReadOnlyList<string> rows, CancellationToken cancellationToken)
    {
        var keys = rows.Select(static row => new RecordKey(Tables.Index, RsaModuli.Uncompared, row)).ToList();
        return [.. (await store.GetAsync(keys, cancellationToken)).OfType<StoredRecord>().Select(static row => row.As<RsaModulusRecord>().Value)];
    }

    /// <summary>Where to go on, null at the end, and how many keys were read.</summary>
    private async Task<(SharedPrimeCursor? Next, int Count)> CompareAsync(SharedPrimeCursor cursor, List<RsaModulusRecord> window, int most, CancellationToken cancellationToken)
    {
        BigInteger[] some = [.. window.Select(static one => SharedPrimes.Number(one.Modulus))];
        var product = SharedPrimes.Product([.. some.Distinct()]);
        var count = 0;
        for (var partition = cursor.Partition; partition < RsaModuli.Partitions; partition++)
        {
            var after = partition == cursor.Partition ? cursor.After : null;
            while (true)
            {
                if (count >= most)
                    return (cursor with { Partition = partition, After = after }, count);
                // Nothing sorts between a row and the same row with a space.
                var range = after is null ? RowRange.All : new RowRange(after + " ", null);
                var block = await store.ReadRangeAsync<RsaModulusRecord>(Tables.Index, RsaModuli.Partition(partition), range, cancellationToken).Take(BlockSize).ToListAsync(cancellationToken);
                if (block.Count == 0)
                    break;
                foreach (var (one, other) in SharedPrimes.Find(some, product, [.. block.Select(static row => SharedPrimes.Number(row.Value.Modulus))]))
                    await TellAsync(window[one], block[other].Value, cancellationToken);
                (after, count) = (block[^1].Key.Row, count + block.Count);
            }
        }

        return (null, count);
    }

    private async Task TellAsync(RsaModulusRecord one, RsaModulusRecord other, CancellationToken cancellationToken)
    {
        if (await StillThereAsync(one, cancellationToken) is not { } first || await StillThereAsync(other, cancellationToken) is not { } second)
            return;
        await TellAsync(first, second, cancellationToken);
        await TellAsync(second, first, cancellationToken);
    }

    /// <summary>The version of a row; null when it is gone, or another one has its number.</summary>
    private async Task<VersionRecord?> StillThereAsync(RsaModulusRecord row, CancellationToken cancellationToken)
    {
        if (await certificates.ReadVersionAsync(row.Certificate, row.Sequence, cancellationToken) is { } version
            && CertificateRecord.TryParse(version.Leaf, out var leaf)
            && leaf.PublicKey.Algorithm is KeyAlgorithm.Rsa
            && SharedPrimes.ModulusOf(leaf.PublicKey).AsSpan().SequenceEqual(row.Modulus))
            return version;
        return null;
    }

    private async Task TellAsync(VersionRecord version, VersionRecord other, CancellationToken cancellationToken)
    {
        // By its fingerprint: who may see the one need not be told the other's name.
        var finding = FindingCodes.KeySharedPrime.At(other.Fingerprint.Hex, $"The RSA key has a prime in common with that of another certificate kept here, {other.Fingerprint.Hex[..16]}…: both private keys can be computed by anybody.");
        while (await store.ReadAsync<VersionRecord>(VersionRecord.RowKey(version.Certificate, version.Sequence), cancellationToken) is { } row
            && !row.Value.Findings.Any(known => known.Code == finding.Code && known.Scope == finding.Scope))
        {
            try
            {
                await store.ReplaceAsync(row, row.Value with { Findings = [.. row.Value.Findings, finding] }, cancellationToken);
                break;
            }
            catch (RecordConflictException)
            {
                // Its chain was completed meanwhile, or the like: look again.
            }
        }

        var lineage = await certificates.ReadAsync(version.Certificate, cancellationToken);
        await alerts.RaiseAsync(
            new Alert
            {
                Kind = AlertKinds.CertificateKeyBroken,
                Subject = version.Certificate,
                Generation = version.Fingerprint.Hex,
                Level = AlertLevel.Critical,
                Owner = lineage?.Value.Owner,
                Cause = $"Version {version.Sequence} of {version.Certificate}: {finding.Message}",
                NextStep = finding.Remedy,
                At = time.GetUtcNow(),
            },
            cancellationToken);
    }
}
