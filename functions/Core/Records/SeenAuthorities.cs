using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;

namespace Certrelay.Records;

/// <summary>An intermediate that came with an upload or was fetched. Row <c>&lt;SHA-256 of its subject&gt;.&lt;fingerprint&gt;</c> of the index partition <c>ca.&lt;2 hex&gt;</c>.</summary>
public sealed partial record SeenAuthorityRecord : IRecord<SeenAuthorityRecord>
{
    public int Schema { get; init; } = 1;

    public required byte[] Der { get; init; }

    public required DateTimeOffset At { get; init; }

    public static JsonTypeInfo<SeenAuthorityRecord> Json => SeenAuthorityJson.Default.SeenAuthorityRecord;

    /// <summary>The certificates of one authority, whatever their keys.</summary>
    public static (string Partition, string Prefix) PlaceOf(string name)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(DistinguishedName.Fold(name))));
        return ($"ca.{hash[..2]}", hash + ".");
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(SeenAuthorityRecord))]
    private sealed partial class SeenAuthorityJson : JsonSerializerContext;
}

/// <summary>The intermediates that were seen so far: they complete the chains of later uploads without being fetched.</summary>
public sealed class SeenAuthorities(IRecordStore store, TimeProvider time)
{
    // An authority has a handful of certificates; whoever uploads others under its name shall not make every upload slow.
    private const int MostOfOne = 32;
    private const int Highest = 6;

    // What was noted by this process: most uploads come with the same few intermediates.
    private const int MostNoted = 4096;

    private readonly ConcurrentDictionary<Fingerprint, bool> _noted = new();

    /// <summary>Notes the authorities among certificates, those in force that are no roots; the same again changes nothing.</summary>
    public async Task NoteAsync(IEnumerable<CertificateRecord> certificates, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var authority in certificates.Where(one => one.IsCa && one.NotAfter > now && !one.IsSelfSigned()))
        {
            if (_noted.ContainsKey(authority.Fingerprint))
                continue;
            var (partition, prefix) = SeenAuthorityRecord.PlaceOf(authority.Subject);
            await store.TryInsertAsync(
                new RecordKey(Tables.Index, partition, prefix + authority.Fingerprint.Hex), new SeenAuthorityRecord { Der = authority.Der.ToArray(), At = now }, cancellationToken);
            if (_noted.Count >= MostNoted)
                _noted.Clear();
            _noted[authority.Fingerprint] = true;
        }
    }

    /// <summary>Those in force whose key signed a certificate.</summary>
    public async Task<IReadOnlyList<CertificateRecord>> IssuersOfAsync(CertificateRecord certificate, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (partition, prefix) = SeenAuthorityRecord.PlaceOf(certificate.Issuer);
        var issuers = new List<CertificateRecord>();
        await foreach (var row in store.ReadRangeAsync<SeenAuthorityRecord>(Tables.Index, partition, RowRange.StartingWith(prefix), cancellationToken).Take(MostOfOne))
        {
            if (CertificateRecord.TryParse(row.Value.Der, out var authority) && authority.NotBefore <= now && authority.NotAfter > now && authority.HasIssued(certificate))
                issuers.Add(authority);
        }

        return issuers;
    }

    /// <summary>Those above the last certificate of a chain, and above them, as far as they go.</summary>
    public async Task<IReadOnlyList<CertificateRecord>> AboveAsync(CertificateRecord last, CancellationToken cancellationToken)
    {
        var found = new List<CertificateRecord>();
        List<CertificateRecord> below = [last];
        for (var level = 0; level < Highest && below.Count > 0; level++)
        {
            var above = new List<CertificateRecord>();
            foreach (var one in below)
                above.AddRange((await IssuersOfAsync(one, cancellationToken)).Where(issuer => issuer != last && !found.Contains(issuer) && !above.Contains(issuer)));
            found.AddRange(above);
            below = above;
        }

        return found;
    }
}
