using System.Text;
using System.Text.Json;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Tests.Support;
using Certrelay.Tests.Watch;
using Certrelay.Vault;
using Certrelay.Watch;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.VaultEvents;

namespace Certrelay.Tests.VaultEvents;

public sealed class VaultVersionTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> NoTags = [];

    private readonly WatchBench _bench = new();

    private DateTimeOffset Now => _bench.Time.GetUtcNow();

    [Theory]
    [InlineData("event-grid")]
    [InlineData("cloud-events")]
    [InlineData("certificate")]
    public async Task A_version_of_somebody_else_becomes_the_current_one_with_a_rollout(string shape)
    {
        using var renewed = Leaf();
        var reference = await PutAsync(renewed.KeyPem + renewed.FullChainPem);

        await RunAsync(reference, shape);

        var version = await CurrentAsync();
        Assert.Equal((2, renewed.Fingerprint, reference), (version.Sequence, version.Fingerprint, version.Key));
        var rollout = Assert.Single(await RolloutsAsync());
        Assert.Equal((new VersionId("shop", 2, renewed.Fingerprint), "vault", "web-1"), (rollout.Version, rollout.By, Assert.Single(rollout.Targets).Target));
        using var bundle = await _bench.Get<VersionKeys>().OpenAsync(version, default);
        Assert.Equal(renewed.KeyPem.Trim(), Encoding.ASCII.GetString(bundle.PrivateKeyPem()).Trim());
        Assert.Empty(await _bench.AlertsAsync());
    }

    [Fact]
    public async Task A_version_in_the_form_of_Key_Vaults_own_certificates_is_taken()
    {
        using var renewed = Leaf();
        var reference = await PutAsync(Pkcs12(renewed, passphrase: null));

        await RunAsync(reference, "certificate");

        using var bundle = await _bench.Get<VersionKeys>().OpenAsync(await CurrentAsync(), default);
        Assert.Equal((renewed.Fingerprint, renewed.KeyPem.Trim()), (bundle.Fingerprint, Encoding.ASCII.GetString(bundle.PrivateKeyPem()).Trim()));
        Assert.Single(await RolloutsAsync());
    }

    [Fact]
    public async Task The_key_of_a_version_is_found_wherever_it_stands_and_in_its_older_form_too()
    {
        using var renewed = Leaf();
        using var other = TestKey.P256();
        var reference = await PutAsync(renewed.FullChainPem + other.Pkcs8Pem + renewed.Key.TraditionalPem);

        await RunAsync(reference);

        using var bundle = await _bench.Get<VersionKeys>().OpenAsync(await CurrentAsync(), default);
        Assert.Equal(renewed.KeyPem.Trim(), Encoding.ASCII.GetString(bundle.PrivateKeyPem()).Trim());
    }

    [Fact]
    public async Task The_same_event_again_and_the_news_of_its_end_change_nothing()
    {
        using var renewed = Leaf();
        var reference = await PutAsync(renewed.KeyPem + renewed.FullChainPem);
        await RunAsync(reference);

        await RunAsync(reference);
        await RunAsync(reference, type: "SecretNearExpiry");
        await RunAsync(reference, "certificate", "CertificateExpired");

        Assert.Equal(2, (await CurrentAsync()).Sequence);
        Assert.Single(await RolloutsAsync());
        Assert.Empty(await _bench.AlertsAsync());
    }

    [Fact]
    public async Task A_rollout_that_a_crash_has_cost_is_begun_by_the_next_event_or_the_weekly_walk()
    {
        using var renewed = Leaf();
        var reference = await PutAsync(renewed.KeyPem + renewed.FullChainPem);
        await RunAsync(reference);
        var owing = (await _bench.Get<IRecordStore>().ReadAsync<VersionRecord>(VersionRecord.RowKey("shop", 2), default))!;
        owing = await _bench.Get<IRecordStore>().ReplaceAsync(owing, owing.Value with { RolloutOwed = true }, default);

        await RunAsync(reference);
        Assert.Equal(2, (await RolloutsAsync()).Count);
        owing = (await _bench.Get<IRecordStore>().ReadAsync<VersionRecord>(VersionRecord.RowKey("shop", 2), default))!;
        await _bench.Get<IRecordStore>().ReplaceAsync(owing, owing.Value with { RolloutOwed = true }, default);
        await _bench.Get<Reindex>().RunAsync(default);

        Assert.Equal(3, (await RolloutsAsync()).Count);
        Assert.False((await CurrentAsync()).RolloutOwed);
    }

    [Fact]
    public async Task What_the_product_wrote_itself_changes_nothing()
    {
        using var renewed = Leaf();
        var uploaded = await _bench.UploadAsync("shop", renewed);
        var inProgress = await _bench.Get<IVault>().PutAsync("crt-shop", "-----BEGIN"u8.ToArray(), new Dictionary<string, string> { ["fingerprint"] = "aa" }, default);

        await RunAsync(uploaded.Key!);
        await RunAsync(inProgress);

        Assert.Equal(2, (await CurrentAsync()).Sequence);
        Assert.Empty(await RolloutsAsync());
        Assert.Empty(await _bench.AlertsAsync());
    }

    [Fact]
    public async Task A_version_that_a_newer_one_has_followed_is_left_alone()
    {
        using var old = Leaf();
        using var renewed = Leaf();
        var first = await PutAsync(old.KeyPem + old.FullChainPem);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await PutAsync(renewed.KeyPem + renewed.FullChainPem);

        await RunAsync(second);
        await RunAsync(first);

        Assert.Equal((2, renewed.Fingerprint), ((await CurrentAsync()).Sequence, (await CurrentAsync()).Fingerprint));
    }

    [Theory]
    [InlineData("another secret", "database-password")]
    [InlineData("a secret of the product", "acc-cloud")]
    [InlineData("a certificate that is not kept here", "crt-mail")]
    public async Task What_is_not_looked_after_is_dropped(string row, string name)
    {
        Assert.NotEmpty(row);
        await RunAsync(new VaultReference(name, "ee059b2bb5bc48398a53b168c6cdcb10"));

        Assert.Equal(1, (await CurrentAsync()).Sequence);
        Assert.Empty(await _bench.AlertsAsync());
    }

    [Theory]
    [InlineData("PKCS#12 under a passphrase", "pkcs12", "file.encrypted")]
    [InlineData("another key", "mismatch", "key.mismatch")]
    [InlineData("no key", "keyless", "key.missing")]
    [InlineData("expired", "expired", "leaf.expired")]
    [InlineData("no PEM", "password", "pem.nothing-found")]
    [InlineData("a certificate of another name", "duplicate", "record.duplicate")]
    public async Task A_version_that_cannot_be_served_is_told_once_and_stays_in_the_vault(string row, string what, string cause)
    {
        Assert.NotEmpty(row);
        using var leaf = what == "expired" ? _bench.Leaf(Now.AddDays(-90), Now.AddDays(-1), "shop.example.test") : Leaf();
        using var other = TestKey.P256();
        if (what == "duplicate")
            await _bench.UploadAsync("mail", leaf);
        var reference = await PutAsync(what switch
        {
            "pkcs12" => Pkcs12(leaf, "secret"),
            "mismatch" => leaf.FullChainPem + other.Pkcs8Pem,
            "keyless" => leaf.FullChainPem,
            "password" => "correct horse battery staple",
            _ => leaf.FullChainPem + leaf.KeyPem,
        });

        await RunAsync(reference);
        await RunAsync(reference);

        var alert = Assert.Single(await _bench.AlertsAsync());
        Assert.Equal((AlertKinds.CertificateRefused, "shop", "web"), (alert.Alert.Kind, alert.Alert.Subject, alert.Alert.Owner));
        Assert.Contains(cause, alert.Alert.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", alert.Alert.Cause, StringComparison.Ordinal);
        Assert.Equal(1, (await CurrentAsync()).Sequence);
        Assert.Single(await _bench.Get<IRecordStore>().ScanAsync(Tables.Findings, null, default).ToListAsync());
        Assert.NotNull(await VaultVersionAsync(reference));

        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        using var mended = Leaf();
        await RunAsync(await PutAsync(mended.KeyPem + mended.FullChainPem));
        Assert.NotNull(Assert.Single(await _bench.AlertsAsync()).Resolved);
        Assert.Equal(mended.Fingerprint, (await CurrentAsync()).Fingerprint);
    }

    [Fact]
    public async Task An_event_that_comes_before_its_version_can_be_read_fails_and_is_worked_off_later()
    {
        using var renewed = Leaf();
        var reference = await PutAsync(renewed.KeyPem + renewed.FullChainPem);
        var missing = new VaultReference("crt-shop", "ee059b2bb5bc48398a53b168c6cdcb10");

        var fault = await Assert.ThrowsAsync<Transient>(() => RunAsync(missing));
        await RunAsync(reference);

        Assert.Equal("vault.version-missing", fault.Code);
        Assert.Equal(2, (await CurrentAsync()).Sequence);
    }

    [Fact]
    public async Task A_certificate_that_is_only_watched_elsewhere_gets_its_version_without_a_rollout()
    {
        using var first = Leaf();
        using var renewed = Leaf();
        await _bench.UploadAsync("mail", first);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        var reference = await _bench.Get<IVault>().PutAsync("crt-mail", Encoding.ASCII.GetBytes(renewed.KeyPem + renewed.FullChainPem), NoTags, default);

        await RunAsync(reference);

        Assert.Equal(2, (await _bench.Get<CertificateRegistry>().ReadAsync("mail", default))!.Value.Current);
        Assert.Empty(await RolloutsAsync());
    }

    [Theory]
    [InlineData("no JSON", "certainly not")]
    [InlineData("no event", "[1]")]
    [InlineData("an empty array", "[]")]
    [InlineData("a nudge", """{"v":1,"id":"x"}""")]
    [InlineData("no version", """{"id":"1","eventType":"Microsoft.KeyVault.SecretExpired","data":{"ObjectName":"crt-shop"}}""")]
    [InlineData("another CloudEvents", """{"specversion":"0.3","id":"1","type":"x"}""")]
    public async Task A_malformed_message_goes_to_poison(string row, string message)
    {
        Assert.NotEmpty(row);
        await Assert.ThrowsAnyAsync<JsonException>(() => _bench.Get<VaultVersions>().RunAsync(message, default));
    }

    public async Task InitializeAsync()
    {
        using var leaf = Leaf();
        await _bench.UploadAsync("shop", leaf, owner: "web");
        await _bench.Get<Certrelay.Targets.TargetRegistry>().CreateAsync(new() { Name = "web-1", Kind = "directory", Settings = JsonElement.Parse("{}"), Certificate = "shop" }, default);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    private TestCertificate Leaf() => _bench.Leaf(Now.AddHours(-1), Now.AddDays(90), "shop.example.test");

    private static string Pkcs12(TestCertificate leaf, string? passphrase)
    {
        using var certificate = leaf.ToX509();
        return Convert.ToBase64String(certificate.Export(System.Security.Cryptography.X509Certificates.X509ContentType.Pkcs12, passphrase));
    }

    private Task<VaultReference> PutAsync(string value) => _bench.Get<IVault>().PutAsync("crt-shop", Encoding.ASCII.GetBytes(value), NoTags, default);

    private async Task<VaultVersion?> VaultVersionAsync(VaultReference reference) =>
        await _bench.Get<IVault>().VersionsAsync(reference.Name, default).FirstOrDefaultAsync(version => version.Reference == reference);

    private Task RunAsync(VaultReference reference, string shape = "event-grid", string type = "SecretNewVersionCreated") =>
        _bench.Get<VaultVersions>().RunAsync(VaultEventMessages.Write(reference, shape, shape == "certificate" && type == "SecretNewVersionCreated" ? "CertificateNewVersionCreated" : type), default);

    private async Task<VersionRecord> CurrentAsync()
    {
        var registry = _bench.Get<CertificateRegistry>();
        return (await registry.ReadVersionAsync("shop", (await registry.ReadAsync("shop", default))!.Value.Current, default))!;
    }

    private async Task<IReadOnlyList<RolloutRecord>> RolloutsAsync() => await _bench.Get<RolloutSummaries>().ListAsync(null, default).ToListAsync();
}
