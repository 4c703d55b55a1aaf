using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Records.Lists;
using Certrelay.Vault;

namespace Certrelay.Benchmarks;

/// <summary>Certificates as records with all their index rows, written in batches, and the same table filled by a bare loop.</summary>
internal static class CertificateImport
{
    private const int UnderWay = 1024;

    // One for each core: nothing is written before the rows of all are known.
    private static readonly int Parts = Environment.ProcessorCount;
    private const int LoopRows = 500_000;

    // A P-256 leaf; its chain is the same for most and not what an import is about.
    private static readonly byte[] Leaf = LeafOf("www.site-1.example");

    /// <summary>Imports so many, of which the first <paramref name="due"/> to come up are to be looked at now.</summary>
    public static async Task RunAsync(IRecordStore store, int certificates, DateTimeOffset now, int due = 0)
    {
        var lineages = Enumerable.Range(0, certificates).Select(i => Lineage(i, now)).ToList();
        var checks = lineages.Select(lineage => Check(lineage, now)).ToList();
        foreach (var i in Enumerable.Range(0, certificates).Where(i => checks[i].Next is not null).OrderBy(i => checks[i].Next!.At).Take(due).ToList())
            checks[i] = checks[i] with { Moments = [checks[i].Next! with { At = KeyText.Truncate(now) }, .. checks[i].Moments.Skip(1)] };
        var watch = Stopwatch.StartNew();
        // In the order of the keys, so that each page of the file is written once: the same rows one certificate after the other take several times as long.
        var parts = await Task.WhenAll(Enumerable.Range(0, Parts).Select(part => Task.Run(() => RowsOf(
            lineages.Skip(certificates / Parts * part).Take(part == Parts - 1 ? certificates : certificates / Parts),
            checks.Skip(certificates / Parts * part).Take(part == Parts - 1 ? certificates : certificates / Parts)))));
        var index = parts.SelectMany(static part => part).ToLookup(static partition => partition.Key, static partition => partition.Value);
        var hint = new ListHint { At = now }.ToBody();
        // The hints before the truth.
        var rows = await WriteAsync(store, index.OrderBy(static partition => partition.Key.Table, StringComparer.Ordinal).ThenBy(static partition => partition.Key.Partition, StringComparer.Ordinal)
            .SelectMany(static partition => InOrder([.. partition.SelectMany(static part => part)]).Chunk(IRecordStore.LargestBatch)).Select(batch => Array.ConvertAll<RecordKey, RecordChange>(batch, key => new RecordChange.Put(key, hint))));
        Console.WriteLine($"index rows alone: {rows / watch.Elapsed.TotalSeconds:N0} rows/s");
        rows += await WriteAsync(store, lineages.Select((lineage, i) => new RecordChange[]
        {
            new RecordChange.Put(CheckRecord.Key(lineage.Name), checks[i].ToBody()),
            new RecordChange.Insert(LineageRecord.Key(lineage.Name), lineage.ToBody()),
            new RecordChange.Insert(VersionRecord.RowKey(lineage.Name, 1), Version(lineage).ToBody()),
        }));
        var seconds = watch.Elapsed.TotalSeconds;
        Console.WriteLine($"import: {rows / seconds:N0} rows/s, {certificates / seconds:N0} certificates/s ({rows:N0} rows in {seconds:N1} s)");
    }

    /// <summary>When a certificate is looked at next, as if the product had known it since its life began.</summary>
    private static CheckRecord Check(LineageRecord lineage, DateTimeOffset now)
    {
        var drawn = CheckRecord.Draw(Version(lineage), lineage.Leaf!.NotBefore);
        return drawn with { Moments = [.. drawn.Moments.Where(moment => moment.At > now)] };
    }

    /// <summary>The index rows of some certificates by table and partition.</summary>
    private static Dictionary<(string Table, string Partition), List<RecordKey>> RowsOf(IEnumerable<LineageRecord> lineages, IEnumerable<CheckRecord> checks)
    {
        var rows = new Dictionary<(string Table, string Partition), List<RecordKey>>();
        foreach (var key in lineages.SelectMany(ListRows.Of).Concat(checks.Select(static check => check.Hint).OfType<DueHint>().Select(Due.KeyOf)))
        {
            if (!rows.TryGetValue((key.Table, key.Partition), out var partition))
                rows[(key.Table, key.Partition)] = partition = [];
            partition.Add(key);
        }

        return rows;
    }

    private static List<RecordKey> InOrder(List<RecordKey> partition)
    {
        partition.Sort(static (left, right) => string.CompareOrdinal(left.Row, right.Row));
        return partition;
    }

    /// <summary>Writes batches in their order, some hundreds under way at a time.</summary>
    private static async Task<long> WriteAsync(IRecordStore store, IEnumerable<RecordChange[]> batches)
    {
        var (rows, underWay) = (0L, new Queue<Task<IReadOnlyList<string?>>>());
        foreach (var batch in batches)
        {
            underWay.Enqueue(store.WriteAsync(batch, CancellationToken.None));
            if (underWay.Count == UnderWay)
                rows += (await underWay.Dequeue()).Count;
        }

        foreach (var write in underWay)
            rows += (await write).Count;
        return rows;
    }

    /// <summary>The yardstick: one connection, one prepared statement, rows of the size of index rows in order, a commit for each 10,000.</summary>
    public static void BareLoop(string folder, DateTimeOffset now)
    {
        var path = Path.Combine(folder, "loop.db");
        File.WriteAllBytes(path, []);
        using var connection = SqliteConnection.Open(path);
        connection.Execute("CREATE TABLE record (tbl TEXT NOT NULL, part TEXT NOT NULL, row TEXT NOT NULL, etag INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (tbl, part, row)) WITHOUT ROWID");
        var body = new ListHint { At = now }.ToBody();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < LoopRows; i++)
        {
            if (i % 10_000 == 0)
                connection.Execute("BEGIN IMMEDIATE");
            connection["INSERT INTO record VALUES ($1, $2, $3, $4, $5)"].Bind("Index").Bind($"exp.{i / 100_000}").Bind($"{i:00000000000000000}.certificate-{i:0000000}").Bind(i).Bind(body.Span).Execute();
            if (i % 10_000 == 9_999)
                connection.Execute("COMMIT");
        }

        Console.WriteLine($"bare loop on the same table: {LoopRows / watch.Elapsed.TotalSeconds:N0} rows/s");
    }

    private static LineageRecord Lineage(int i, DateTimeOffset now)
    {
        // Drawn from the number, the same in every run: what is left of each life is even between 0 and 398 days.
        var chance = SHA256.HashData(BitConverter.GetBytes(i));
        var left = TimeSpan.FromDays(398 * (BitConverter.ToUInt32(chance) / (double)uint.MaxValue));
        var life = TimeSpan.FromDays(Math.Max(6, left.TotalDays + (398 - left.TotalDays) * chance[4] / 255));
        var name = $"certificate-{i:0000000}";
        return new LineageRecord
        {
            Name = name,
            Owner = $"team {i % 500}",
            Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["env"] = i % 10 == 0 ? "test" : "prod" },
            Current = 1,
            Last = 1,
            Created = now,
            Updated = now,
            Leaf = new CurrentLeaf(
                Fingerprint.Of(Encoding.ASCII.GetBytes(name)), [$"{name}.site-{i % 2000}.example"], now + left - life, KeyText.Truncate(now + left), Convert.ToHexStringLower(chance), HasKey: true),
        };
    }

    private static byte[] LeafOf(string name)
    {
        using var leaf = BenchmarkLeaf.Make(name);
        return leaf.RawData;
    }

    private static VersionRecord Version(LineageRecord lineage) => new()
    {
        Certificate = lineage.Name,
        Sequence = 1,
        Fingerprint = lineage.Leaf!.Fingerprint,
        Names = lineage.Leaf.Names,
        Subject = $"CN={lineage.Leaf.Names[0]}",
        Issuer = "CN=Issuing Authority 1,O=Example,C=XX",
        Serial = lineage.Leaf.Spki[..32],
        NotBefore = lineage.Leaf.NotBefore,
        NotAfter = lineage.Leaf.NotAfter,
        KeyAlgorithm = "P256",
        SignatureAlgorithm = "ECDSA with SHA-256",
        Leaf = Leaf,
        Chain = [],
        Key = new VaultReference(VersionKeys.VaultName(lineage.Name), lineage.Leaf.Fingerprint.Prefix),
        Created = lineage.Created,
    };
}
