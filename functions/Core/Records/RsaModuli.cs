using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;

namespace Certrelay.Records;

/// <summary>
/// The modulus of a version with an RSA key, so that all can be compared without reading a certificate. Row <c>&lt;public key&gt;.&lt;certificate&gt;.&lt;sequence:6&gt;</c> of
/// the index partitions <c>rsa.&lt;00 to 15&gt;</c>, and of <c>rsa.new</c> until it was compared.
/// </summary>
public sealed partial record RsaModulusRecord : IRecord<RsaModulusRecord>
{
    public int Schema { get; init; } = 1;

    public required byte[] Modulus { get; init; }

    public required string Certificate { get; init; }

    public required int Sequence { get; init; }

    public static JsonTypeInfo<RsaModulusRecord> Json => RsaModulusJson.Default.RsaModulusRecord;

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(RsaModulusRecord))]
    private sealed partial class RsaModulusJson : JsonSerializerContext;
}

/// <summary>The index of RSA moduli: each row is a hint that is held against its version before it decides anything.</summary>
public sealed class RsaModuli(IRecordStore store)
{
    /// <summary>The partitions of all moduli.</summary>
    public const int Partitions = 16;

    internal const string Uncompared = "rsa.new";

    /// <summary>Notes the key of a version, to be compared with all others; nothing for another kind of key.</summary>
    public async Task NoteAsync(VersionRecord version, CancellationToken cancellationToken)
    {
        if (!TryDescribe(version, out var row, out var record))
            return;
        // The other way round a key could be compared with all others and never be one of them.
        await store.WriteAsync([new RecordChange.Put(new RecordKey(Tables.Index, PartitionOf(row), row), record.ToBody())], cancellationToken);
        await store.WriteAsync([new RecordChange.Put(new RecordKey(Tables.Index, Uncompared, row), record.ToBody())], cancellationToken);
    }

    /// <summary>Notes the key of a version unless that was done; for versions from before there was this index.</summary>
    public async Task HealAsync(VersionRecord version, CancellationToken cancellationToken)
    {
        if (TryDescribe(version, out var row, out _) && await store.GetAsync(new RecordKey(Tables.Index, PartitionOf(row), row), cancellationToken) is null)
            await NoteAsync(version, cancellationToken);
    }

    /// <summary>Forgets the key of a version that is removed.</summary>
    public async Task ForgetAsync(VersionRecord version, CancellationToken cancellationToken)
    {
        if (!TryDescribe(version, out var row, out _))
            return;
        await store.WriteAsync([new RecordChange.Delete(new RecordKey(Tables.Index, PartitionOf(row), row), null)], cancellationToken);
        await store.WriteAsync([new RecordChange.Delete(new RecordKey(Tables.Index, Uncompared, row), null)], cancellationToken);
    }

    /// <summary>The partition by its number.</summary>
    internal static string Partition(int number) => $"rsa.{number:00}";

    private static string PartitionOf(string row) => $"rsa.{KeyText.Shard(row, Partitions)}";

    private static bool TryDescribe(VersionRecord version, out string row, out RsaModulusRecord record)
    {
        if (!CertificateRecord.TryParse(version.Leaf, out var leaf) || leaf.PublicKey.Algorithm is not KeyAlgorithm.Rsa)
        {
            (row, record) = ("", null!);
            return false;
        }

        row = $"{leaf.PublicKey.SpkiSha256}.{CheckRecord.IdOf(version.Certificate, version.Sequence)}";
        record = new RsaModulusRecord { Modulus = SharedPrimes.ModulusOf(leaf.PublicKey), Certificate = version.Certificate, Sequence = version.Sequence };
        return true;
    }
}
