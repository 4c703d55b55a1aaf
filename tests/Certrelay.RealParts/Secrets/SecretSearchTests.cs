using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.CrashHost;
using Certrelay.Records;
using Certrelay.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Certrelay.RealParts.Secrets;

/// <summary>A search that finds nothing says something only when it finds what is there.</summary>
public sealed class SecretSearchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<(string Name, byte[] Value)> _secrets = [];
    private readonly SecretSearch _search;

    public SecretSearchTests()
    {
        using var rsa = TestKey.Rsa();
        using var ec = TestKey.P256();
        _secrets.AddRange(SecretIntegers.Of("rsa", rsa));
        _secrets.AddRange(SecretIntegers.Of("ec", ec));
        _search = new SecretSearch(_secrets);
    }

    public static TheoryData<string> Forms => [.. Encodings.Keys];

    private static Dictionary<string, Func<byte[], byte[]>> Encodings { get; } = new(StringComparer.Ordinal)
    {
        ["raw"] = static slice => slice,
        ["reversed"] = static slice => [.. slice.Reverse()],
        ["upper-case hex"] = static slice => Ascii(Convert.ToHexString(slice)),
        ["lower-case hex"] = static slice => Ascii(Convert.ToHexStringLower(slice)),
        ["Base64"] = static slice => Ascii(Convert.ToBase64String(slice)),
        ["Base64, one byte before"] = static slice => Ascii(Convert.ToBase64String([7, .. slice])),
        ["Base64, two bytes before"] = static slice => Ascii(Convert.ToBase64String([7, 8, .. slice])),
        ["Base64 in lines"] = static slice => Ascii(Convert.ToBase64String([.. new byte[40], .. slice, 1], Base64FormattingOptions.InsertLineBreaks)),
        ["Base64 in a JSON text"] = static slice => JsonSerializer.SerializeToUtf8Bytes(Convert.ToBase64String([.. new byte[40], .. slice, 1], Base64FormattingOptions.InsertLineBreaks)),
        ["Base64url"] = static slice => Ascii(Base64Url.EncodeToString(slice)),
        ["Base64url, one byte before"] = static slice => Ascii(Base64Url.EncodeToString([7, .. slice])),
        ["Base64url, two bytes before"] = static slice => Ascii(Base64Url.EncodeToString([7, 8, .. slice])),
        ["hex in UTF-16"] = static slice => Encoding.Unicode.GetBytes(Convert.ToHexString(slice)),
        ["hex in UTF-16, high byte first"] = static slice => Encoding.BigEndianUnicode.GetBytes(Convert.ToHexStringLower(slice)),
        ["Base64 in UTF-16"] = static slice => Encoding.Unicode.GetBytes(Convert.ToBase64String([7, .. slice])),
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_slice_planted_anywhere_is_found(string form)
    {
        foreach (var (name, value) in _secrets)
        {
            var planted = Encodings[form](value[3..31]);
            var finds = new Dictionary<string, string?>(await InDatabaseAsync(planted), StringComparer.Ordinal)
            {
                ["log"] = _search.InFile(Log(planted)),
                ["answer"] = _search.InFile(Written("answers", planted)),
                ["audit export"] = _search.InFile(Written("audit.ndjson", planted)),
                ["vault"] = _search.InFile(Written("vault/secret", planted)),
            };
            Assert.All(finds, find => Assert.StartsWith(name, find.Value));
            Assert.Equal(4, _search.InFolder(_folder.Path, "log").Count);
            Assert.Empty(_search.InFolder(_folder.Path, "log", "text", "database"));
            Directory.Delete(_folder["database"], recursive: true);
        }
    }

    [Fact]
    public void A_slice_across_two_chunks_of_a_file_is_found()
    {
        foreach (var before in Enumerable.Range((1 << 20) - 30, 40))
            Assert.NotNull(_search.InFile(Written("large", [.. new byte[before], .. _secrets[0].Value[..24]])));
    }

    [Fact]
    public void Random_bytes_and_another_key_are_no_find()
    {
        using var other = TestKey.Rsa();
        Assert.Null(_search.InFile(Written("other", Ascii(other.Pkcs8Pem + Convert.ToHexString(other.Pkcs8)))));
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    /// <summary>Plants in a record: it lies in the log ahead of the database, then in the database itself.</summary>
    private async Task<Dictionary<string, string?>> InDatabaseAsync(byte[] planted)
    {
        var path = PathOf("database/certrelay.db");
        var finds = new Dictionary<string, string?>(StringComparer.Ordinal);
        await using (var file = new SqliteFile(path))
        {
            await new SqliteRecordStore(file).WriteAsync([new RecordChange.Put(new RecordKey("Table", "partition", "row"), planted)], CancellationToken.None);
            finds["write-ahead log"] = _search.InFile($"{path}-wal");
        }

        finds["database"] = _search.InFile(path);
        return finds;
    }

    private string Log(byte[] planted)
    {
        var path = PathOf($"log/{Guid.NewGuid():N}.log");
        using (var file = new LogFile(path))
            file.CreateLogger("Planted").Log(LogLevel.Trace, default, planted, null, static (_, _) => "a line before");
        File.AppendAllBytes(path, planted);
        return path;
    }

    private string Written(string name, byte[] planted)
    {
        var path = PathOf($"text/{name}");
        File.WriteAllBytes(path, [.. "some text before"u8, .. planted, .. "and after"u8]);
        return path;
    }

    private string PathOf(string name)
    {
        var path = _folder[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
