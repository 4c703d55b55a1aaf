using System.Reflection;
using System.Text;
using Certrelay.App.Embedded;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Simulators;
using Certrelay.Simulators.KeyVault;
using Certrelay.Targets.Accounts;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Support;
using Certrelay.Vault;
using Certrelay.Vault.KeyVault;

namespace Certrelay.Tests.Vault.KeyVault;

public sealed class VaultMoveTests : IClassFixture<KeyVaultSite>, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly KeyVaultSite _site;
    private readonly VaultSite _embedded = new();
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteFile _database;
    private readonly SqliteRecordStore _store;
    private readonly FileVault _from;
    private readonly SimulatedVault _vault;
    private readonly AzureKeyVault _to;

    public VaultMoveTests(KeyVaultSite site)
    {
        _site = site;
        _site.Simulator.Rudeness.Clear();
        _database = new SqliteFile(_folder["certrelay.db"]);
        _store = new SqliteRecordStore(_database);
        _from = _embedded.Open();
        _vault = site.Simulator.NewVault();
        _to = site.Open(_vault);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _to.Dispose();
        await _database.DisposeAsync();
        _embedded.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Keys_accounts_and_audit_heads_arrive_and_the_records_name_them_there()
    {
        var version = await UploadAsync("shop");
        var accounts = new AccountRegistry(_store, _from, new Due(_store), _embedded.Time);
        await accounts.CreateAsync(Account(), None);
        for (var head = 1; head <= 3; head++)
        {
            await VaultSite.PutAsync(_from, "aud-20260105-abc", $"head {head}", $"{head}");
            _embedded.Time.Step();
        }

        var moved = await MoveAsync();

        Assert.Equal((3, 2), (moved.Versions, moved.Records));
        Assert.Empty(moved.Unreadable);
        var after = (await _store.ReadAsync<VersionRecord>(VersionRecord.RowKey("shop", 1), None))!.Value;
        Assert.NotEqual(version.Key, after.Key);
        using var bundle = await new VersionKeys(_to).OpenAsync(after, None);
        using var before = await new VersionKeys(_from).OpenAsync(version, None);
        Assert.Equal(before.PrivateKeyPem(), bundle.PrivateKeyPem());
        using var account = await new AccountRegistry(_store, _to, new Due(_store), _embedded.Time).OpenAsync("prod", None);
        Assert.Equal("the secret", Encoding.ASCII.GetString(account.Secret.Span));
        Assert.Equal("head 3", await VaultSite.ReadAsync(_to, Assert.Single(await _to.VersionsAsync("aud-20260105-abc", None).ToListAsync()).Reference));
    }

    [Fact]
    public async Task Both_keys_of_a_pair_arrive_and_each_is_named_where_it_is()
    {
        var version = await UploadAsync("pair");
        var second = await VaultSite.PutAsync(_from, "crt-pair", "-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY-----", "second");
        var row = (await _store.ReadAsync<VersionRecord>(VersionRecord.RowKey("pair", 1), None))!;
        var pair = new EncryptionRecord { Fingerprint = version.Fingerprint, Serial = "02", NotBefore = version.NotBefore, NotAfter = version.NotAfter, Leaf = version.Leaf, Key = second };
        await _store.ReplaceAsync(row, row.Value with { Encryption = pair }, None);

        Assert.Equal((2, 1), ((await MoveAsync()) is var moved ? moved.Versions : 0, moved.Records));

        var after = (await _store.ReadAsync<VersionRecord>(VersionRecord.RowKey("pair", 1), None))!.Value;
        Assert.Empty(after.Keys().Intersect([version.Key!, second]));
        using var bundle = await new VersionKeys(_to).OpenAsync(after, None);
        using var before = await new VersionKeys(_from).OpenAsync(version, None);
        Assert.Equal(before.PrivateKeyPem(), bundle.PrivateKeyPem());
        Assert.Equal("AQID", Encoding.ASCII.GetString(bundle.Encryption!.PrivateKeyPem()).Split('\n')[1]);
    }

    [Fact]
    public async Task An_upload_of_the_same_key_afterwards_finds_its_version()
    {
        var version = await UploadAsync("shop");
        await MoveAsync();

        var again = await VaultSite.PutAsync(_to, "crt-shop", "x", version.Fingerprint.Hex);

        Assert.Equal((await _store.ReadAsync<VersionRecord>(VersionRecord.RowKey("shop", 1), None))!.Value.Key, again);
    }

    [Fact]
    public async Task The_key_of_an_open_request_is_there_for_the_certificate_that_comes_later()
    {
        var place = await VaultSite.PutAsync(_from, "crt-shop", "the key");
        var request = new RequestRecord { Certificate = "shop", Spki = "00", Names = [], KeyAlgorithm = "P-256", Request = [], Key = place, Created = DateTimeOffset.UnixEpoch };
        await _store.InsertAsync(RequestRecord.RowKey("shop", request.Spki), request, None);

        await MoveAsync();

        var after = (await _store.ReadAsync<RequestRecord>(RequestRecord.RowKey("shop", request.Spki), None))!.Value;
        Assert.NotEqual(place, after.Key);
        Assert.Equal("the key", await VaultSite.ReadAsync(_to, after.Key!));
    }

    [Fact]
    public async Task A_move_that_was_cut_short_is_finished_by_the_next_and_writes_nothing_twice()
    {
        for (var i = 0; i < 20; i++)
            await VaultSite.PutAsync(_from, $"acc-{i:00}", $"secret {i}");
        using var cut = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new VaultMove(_from, _to, _store, TimeProvider.System).RunAsync(new CutAfter(10, cut), cut.Token));

        var moved = await MoveAsync();

        Assert.Equal(20, moved.Versions);
        foreach (var name in _vault.Names)
            Assert.Single(await _to.VersionsAsync(name, None).ToListAsync());
        Assert.Equal(20, _vault.Names.Count);
    }

    [Fact]
    public async Task A_vault_that_is_throttled_is_waited_for()
    {
        await VaultSite.PutAsync(_from, "acc-prod", "secret");
        _site.Simulator.Rudeness.Add(new FaultRule("*", Fault.Throttle, 10, TimeSpan.Zero));

        Assert.Equal(1, (await MoveAsync()).Versions);
    }

    [Fact]
    public async Task What_cannot_be_opened_is_told_and_its_neighbours_move()
    {
        var lost = await VaultSite.PutAsync(_from, "acc-lost", "one");
        await VaultSite.PutAsync(_from, "acc-prod", "two");
        var bytes = File.ReadAllBytes(_embedded.FileOf(lost));
        bytes[^1] ^= 1;
        AtomicFile.Replace(_embedded.FileOf(lost), bytes, FileStamp.OwnerOnly);

        var moved = await MoveAsync();

        Assert.Equal([lost], moved.Unreadable);
        Assert.Equal(1, moved.Versions);
    }

    [Fact]
    public void Every_record_that_names_a_version_of_a_secret_is_rewritten()
    {
        var naming =
            from type in typeof(IRecordStore).Assembly.GetTypes()
            where type.GetInterfaces().Any(implemented => implemented.IsGenericType && implemented.GetGenericTypeDefinition() == typeof(IRecord<>))
            from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            from place in property.PropertyType == typeof(VaultReference) ? [property.Name]
                : property.PropertyType.Assembly != typeof(IRecordStore).Assembly ? []
                : property.PropertyType.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static inner => inner.PropertyType == typeof(VaultReference)).Select(inner => $"{property.Name}.{inner.Name}")
            select $"{type.Name}.{place}";

        Assert.Equal(
            [$"{nameof(AccountRecord)}.{nameof(AccountRecord.Credentials)}", $"{nameof(CircuitRecord)}.{nameof(CircuitRecord.Refused)}", $"{nameof(RequestRecord)}.{nameof(RequestRecord.Key)}", $"{nameof(StepRecord)}.{nameof(StepRecord.Backup)}", $"{nameof(VersionRecord)}.{nameof(VersionRecord.Encryption)}.{nameof(EncryptionRecord.Key)}", $"{nameof(VersionRecord)}.{nameof(VersionRecord.Key)}"],
            naming.Order(StringComparer.Ordinal));
    }

    private static AccountDescription Account() => new()
    {
        Name = "prod",
        Vendor = CloudVendor.Aws,
        KeyId = "AKIAIOSFODNN7EXAMPLE",
        Key = new AccountSecret("the secret"u8.ToArray(), null, null),
    };

    private Task<VaultMoved> MoveAsync() => new VaultMove(_from, _to, _store, TimeProvider.System).RunAsync(null, None);

    private async Task<VersionRecord> UploadAsync(string name)
    {
        var leaf = TestCertificates.Root().IssueLeaf("www.example.test");
        using var inspection = CertificateInspector.Inspect(Pem.Bytes(leaf.FullChainPem + leaf.KeyPem), new InspectionOptions { Now = DateTimeOffset.UnixEpoch.AddYears(56).AddDays(300) });
        var key = await new VersionKeys(_from).SaveAsync(name, inspection.Leaf!.Fingerprint, inspection.PrivateKey!, None);
        var record = new VersionRecord
        {
            Certificate = name,
            Sequence = 1,
            Fingerprint = inspection.Leaf.Fingerprint,
            Names = ["www.example.test"],
            Subject = "",
            Issuer = "",
            Serial = "01",
            NotBefore = DateTimeOffset.UnixEpoch,
            NotAfter = DateTimeOffset.UnixEpoch.AddYears(100),
            KeyAlgorithm = "",
            SignatureAlgorithm = "",
            Leaf = leaf.Der,
            Chain = [],
            Key = key,
            Created = DateTimeOffset.UnixEpoch,
        };
        return (await _store.InsertAsync(VersionRecord.RowKey(name, 1), record, None)).Value;
    }

    private sealed class CutAfter(int versions, CancellationTokenSource cut) : IProgress<int>
    {
        public void Report(int value)
        {
            if (value >= versions)
                cut.Cancel();
        }
    }
}
