using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Certrelay.CrashHost;
using Certrelay.RealParts.Crash;
using Certrelay.RealParts.Support;
using Certrelay.Simulators.KeyVault;
using Certrelay.Targets.Accounts;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Secrets;

/// <summary>Whatever happens to a certificate, its private key is in the vault, sealed, and where the target reads it, and an account's secret in the vault alone: nowhere else.</summary>
public sealed class SecretTests : IAsyncLifetime
{
    private const string PemType = "application/x-pem-file";

    // Key ids in the vendors' forms are public; secrets and tokens are drawn, so that they are found only where they were put.
    private readonly string _lasting = Convert.ToBase64String(RandomNumberGenerator.GetBytes(30));
    private readonly string _temporary = Convert.ToBase64String(RandomNumberGenerator.GetBytes(30));
    private readonly string _token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(300));
    private readonly string _refused = Convert.ToBase64String(RandomNumberGenerator.GetBytes(30));
    private readonly TestCertificate _authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
    private readonly Sm2Authority _pairs = new();
    private SecretSite _site = null!;

    [RealFact("sh", "dotnet", "openssl")]
    public async Task No_key_leaves_the_vault_by_success_by_any_failure_or_by_a_crash()
    {
        using var former = TestKey.P256();
        using var rsaKey = TestKey.Rsa();
        using var ecKey = TestKey.P256();
        using var lost = TestKey.Rsa();
        var search = new SecretSearch([.. SecretIntegers.Of("former", former), .. SecretIntegers.Of("rsa", rsaKey), .. SecretIntegers.Of("ec", ecKey), .. SecretIntegers.Of("lost", lost), .. PairSecrets(), .. AccountSecrets()]);
        var (before, rsa, ec) = (Leaf(former), Leaf(rsaKey), Leaf(ecKey));

        await UploadsAsync(rsa, ec);
        await RolloutsAsync(before);
        await PairAsync();
        await RefusalsAsync(ec, rsaKey, lost);
        await AccountsAsync();
        await LooksAsync();
        await CrashAsync(Leaf(lost));

        NothingIsFound(search);
        ThePlacesAreInUse(rsa);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_site.Folder, "data", "vault"), "*", SearchOption.AllDirectories));
        await TheAccountOpensAsync(search);
        Assert.Single(Directory.GetFiles(Path.Combine(_site.Folder, "data", "vault", "acc-prod"), "*.sealed"));
        await _site.StopAsync();
        NothingIsFound(search);
        // The same search finds these very keys where they belong.
        var served = Directory.GetFiles(Path.Combine(_site.Folder, "sites"), "privkey.pem", SearchOption.AllDirectories).Select(search.InFile).ToList();
        Assert.All(["rsa ", "ec ", "former "], name => Assert.Contains(served, found => found!.StartsWith(name, StringComparison.Ordinal)));
    }

    [RealFact("sh", "dotnet", "openssl")]
    public async Task With_a_Key_Vault_its_storage_is_the_only_place_of_any_key()
    {
        await using var simulator = await KeyVaultSimulator.StartAsync(TimeProvider.System);
        await _site.DisposeAsync();
        _site = await SecretSite.StartAsync(simulator);
        using var former = TestKey.P256();
        using var rsaKey = TestKey.Rsa();
        using var ecKey = TestKey.P256();
        using var lost = TestKey.Rsa();
        var search = new SecretSearch(
            [.. SecretIntegers.Of("former", former), .. SecretIntegers.Of("rsa", rsaKey), .. SecretIntegers.Of("ec", ecKey), .. SecretIntegers.Of("lost", lost), .. PairSecrets(), .. AccountSecrets(), ("client secret", Encoding.ASCII.GetBytes(simulator.ClientSecret))]);
        var (rsa, ec) = (Leaf(rsaKey), Leaf(ecKey));

        await UploadsAsync(rsa, ec);
        await RolloutsAsync(Leaf(former));
        await PairAsync();
        await RefusalsAsync(ec, rsaKey, lost);
        await AccountsAsync();
        await LooksAsync();

        NothingIsFound(search);
        ThePlacesAreInUse(rsa);
        await TheAccountOpensAsync(search);
        await _site.StopAsync();
        NothingIsFound(search);
        Assert.False(Directory.Exists(Path.Combine(_site.Folder, "data", "vault")));
        Assert.NotNull(search.In(_site.KeyVault!.Storage));
        Assert.Equal(0, simulator.BodiesBeforeToken);
    }

    public async Task InitializeAsync()
    {
        _pairs.Issue("enc", "sm2", "keyEncipherment,keyAgreement");
        _site = await SecretSite.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _site.DisposeAsync();
        _pairs.Dispose();
    }

    private TestCertificate Leaf(TestKey key) => _authority.Issue(new TestCertificateOptions { Names = [RolloutBench.Host], Key = key });

    private async Task UploadsAsync(TestCertificate rsa, TestCertificate ec)
    {
        Assert.Equal(201, (await _site.SendAsync("POST", "/api/certificates?name=rsa", PemType, rsa.FullChainPem + rsa.Key.TraditionalPem)).Status);
        Assert.Equal(200, (await _site.SendAsync("POST", "/api/certificates?name=rsa", PemType, rsa.FullChainPem + rsa.KeyPem)).Status);
        await _site.JsonAsync("POST", "/api/certificates", new JsonObject { ["name"] = "ec", ["certificate"] = ec.FullChainPem, ["key"] = ec.Key.TraditionalPem }, 201);
        await _site.JsonAsync("POST", "/api/certificates", Pair("enc.key"), 201);
        await _site.JsonAsync("POST", "/api/certificates", Pair("sm2.key"), 422);
    }

    /// <summary>An SM2 pair with the named key for its second certificate.</summary>
    private JsonObject Pair(string second) => new()
    {
        ["name"] = "pair",
        ["certificate"] = _pairs.FullChain("sm2"),
        ["key"] = _pairs["sm2.key"],
        ["encryptCertificate"] = _pairs["enc.pem"],
        ["encryptKey"] = _pairs[second],
    };

    private IEnumerable<(string Name, byte[] Value)> PairSecrets() => [SecretIntegers.OfSm2("signing", _pairs["sm2.key"]), SecretIntegers.OfSm2("encryption", _pairs["enc.key"])];

    /// <summary>Both keys of the pair come to the files of a target, where the search finds them.</summary>
    private async Task PairAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_site.Folder, "sites", "gm")).FullName;
        await _site.JsonAsync("POST", "/api/targets", new JsonObject
        {
            ["name"] = "gm",
            ["kind"] = "directory",
            ["settings"] = new JsonObject { ["root"] = "sites", ["folder"] = "gm", ["layout"] = new JsonObject { ["encryptCertificate"] = "enc.pem", ["encryptKey"] = "enc.key" } },
            ["certificate"] = "pair",
        }, 201);
        var rollout = await _site.JsonAsync("POST", "/api/rollouts?wait=2m", new JsonObject { ["certificate"] = "pair", ["reason"] = "test" }, 200);
        Assert.Equal("bound", (string)rollout["state"]!);
        var search = new SecretSearch(PairSecrets());
        Assert.StartsWith("signing ", search.InFile(Path.Combine(folder, "privkey.pem")));
        Assert.StartsWith("encryption ", search.InFile(Path.Combine(folder, "enc.key")));
    }

    private async Task RolloutsAsync(TestCertificate before)
    {
        await RollOutAsync("rsa", "verified", before, "site-0");
        await RollOutAsync("ec", "verified", before, "site-1");
        await RollOutAsync("ec", "blocked", before, "site-2", test: "fails");
        await RollOutAsync("rsa", "rolled-back", before, "site-3", reload: "fails");
        await RollOutAsync("rsa", "rollback-failed", before, "broken", reload: "breaks");
        _site.Store.Damaged = "site-4";
        await RollOutAsync("ec", "failed", before, "site-4");
        _site.Store.Damaged = null;
    }

    private async Task RollOutAsync(string certificate, string end, TestCertificate before, string target, string? reload = null, string? test = null)
    {
        await using var server = new TlsFileSite(_site.Target(target, before));
        var settings = new JsonObject { ["root"] = "sites", ["folder"] = target, ["reload"] = reload ?? $"reload-{target}" };
        if (test is not null)
            settings["test"] = test;
        await _site.JsonAsync("POST", "/api/targets", new JsonObject
        {
            ["name"] = target,
            ["kind"] = "directory",
            ["settings"] = settings,
            ["certificate"] = certificate,
            ["endpoints"] = new JsonArray(new JsonObject { ["host"] = RolloutBench.Host, ["port"] = server.Port, ["addresses"] = new JsonArray("127.0.0.1") }),
        }, 201);
        var rollout = await _site.JsonAsync("POST", "/api/rollouts?wait=2m", new JsonObject { ["certificate"] = certificate, ["targets"] = new JsonArray(target), ["reason"] = "test" }, 200);
        Assert.Equal(end, (string)rollout["steps"]![0]!["state"]!);
        var step = await _site.SendAsync("GET", $"/api/rollouts/{rollout["id"]}/steps/{target}");
        Assert.Equal(200, step.Status);
    }

    /// <summary>Each request carries a key and is refused in another part of the product.</summary>
    private async Task RefusalsAsync(TestCertificate ec, TestKey other, TestKey lost)
    {
        var cut = lost.Pkcs8Pem[..^200];
        await RefusedAsync(422, PemType, ec.FullChainPem + other.Pkcs8Pem);
        await RefusedAsync(422, PemType, ec.FullChainPem + cut);
        await RefusedAsync(422, PemType, other.Pkcs8Pem);
        await RefusedAsync(422, PemType, ec.FullChainPem + other.Pkcs8Pem.Replace("PRIVATE KEY", "RSA PRIVATE KEY", StringComparison.Ordinal));
        await RefusedAsync(400, "application/json", cut);
        await RefusedAsync(400, "application/json", new JsonObject { ["certificate"] = ec.FullChainPem, ["secret"] = lost.Pkcs8Pem }.ToJsonString());
        await RefusedAsync(400, "application/json", new JsonObject { ["certificate"] = ec.FullChainPem, [lost.Pkcs8Pem] = "key" }.ToJsonString());
        await RefusedAsync(400, "application/json", new JsonObject { ["certificate"] = ec.FullChainPem, ["name"] = lost.Pkcs8Pem }.ToJsonString());
        await RefusedAsync(415, "application/x-key", lost.Pkcs8Pem);
        await RefusedAsync(413, PemType, lost.Pkcs8Pem + new string('\n', 128 * 1024));
        _site.Store.Unwritable = "unwritable";
        var leaf = Leaf(lost);
        await RefusedAsync(500, PemType, leaf.FullChainPem + leaf.KeyPem, "/api/certificates?name=unwritable");
        _site.Store.Unwritable = null;
    }

    private async Task RefusedAsync(int status, string type, string body, string path = "/api/certificates?name=refused")
    {
        var answer = await _site.SendAsync("POST", path, type, body);
        Assert.True(answer.Status == status, $"{status} was expected, not {answer.Status} {answer.Body}");
    }

    private IEnumerable<(string Name, byte[] Value)> AccountSecrets() =>
        new[] { ("lasting", _lasting), ("temporary", _temporary), ("token", _token), ("refused", _refused) }.Select(static one => ($"account {one.Item1}", Encoding.ASCII.GetBytes(one.Item2)));

    /// <summary>An account is made, rotated, and refused for a secret in every wrong place.</summary>
    private async Task AccountsAsync()
    {
        JsonObject Account(string name = "prod") => new() { ["name"] = name, ["vendor"] = "aws", ["keyId"] = "AKIAIOSFODNN7EXAMPLE", ["secret"] = _lasting };
        await _site.JsonAsync("POST", "/api/accounts", Account(), 201);
        await _site.JsonAsync("POST", "/api/accounts", Account(), 409);
        foreach (var field in new[] { "name", "vendor", "site", "region", "tenant", "keyId", "sessionExpires" })
        {
            var wrong = Account("wrong");
            wrong[field] = _refused;
            await _site.JsonAsync("POST", "/api/accounts", wrong, field is "vendor" or "sessionExpires" ? 400 : 422);
        }

        var padded = Account("wrong");
        padded["secret"] = $"{_refused} ";
        await _site.JsonAsync("POST", "/api/accounts", padded, 422);
        await RefusedAsync(400, "application/json", Account("wrong").ToJsonString()[..^5], "/api/accounts");
        var temporary = new JsonObject { ["keyId"] = "ASIAIOSFODNN7EXAMPLE", ["secret"] = _temporary, ["sessionToken"] = _token };
        await _site.JsonAsync("PATCH", "/api/accounts/prod", temporary, 428);
        await _site.JsonAsync("PATCH", "/api/accounts/prod", temporary, 200, "*");
    }

    /// <summary>The same search finds the secret where it belongs: in the opened value of the vault, and not as it is sealed.</summary>
    private async Task TheAccountOpensAsync(SecretSearch search)
    {
        using var opened = await _site.Get<AccountRegistry>().OpenAsync("prod", CancellationToken.None);
        Assert.StartsWith("account temporary ", search.In(opened.Secret.Span));
        Assert.StartsWith("account token ", search.In(opened.SessionToken!.Value.Span));
    }

    private async Task LooksAsync()
    {
        foreach (var path in new[] { "certificates", "certificates/rsa", "certificates/rsa/versions", "certificates/ec/versions/1", "targets", "targets/broken", "rollouts", "status", "tokens", "accounts", "accounts/prod" })
            Assert.Equal(200, (await _site.SendAsync("GET", $"/api/{path}")).Status);
        var export = await _site.SendAsync("GET", "/api/audit?format=ndjson");
        Assert.Equal(200, export.Status);
        await File.WriteAllTextAsync(Path.Combine(_site.Folder, "audit.ndjson"), export.Body);
    }

    /// <summary>Another process on the same folder dies right after a key has entered the vault.</summary>
    private async Task CrashAsync(TestCertificate leaf)
    {
        var arguments = new HostArguments(_site.Folder) { Upload = "lost", Trace = true, Kills = [new KillPoint("lost", KillSide.After, "key saved")] };
        using var host = HostProcess.Start(arguments);
        await host.StopAsync(leaf.FullChainPem + leaf.KeyPem);
        Assert.True(await host.KilledAsync());
        Assert.Equal(["key saved"], host.Passed("lost"));
    }

    private void NothingIsFound(SecretSearch search) => Assert.Empty(search.InFolder(_site.Folder, "sites"));

    /// <summary>What is public is found in each place, so that an empty place does not pass for a clean one.</summary>
    private void ThePlacesAreInUse(TestCertificate rsa)
    {
        var leaf = new SecretSearch([("leaf", rsa.Der), ("fingerprint", Convert.FromHexString(rsa.Fingerprint.Hex))]);
        Assert.NotNull(leaf.InFile($"{_site.Database}-wal") ?? leaf.InFile(_site.Database));
        Assert.NotNull(leaf.InFile(_site.Log));
        Assert.NotNull(leaf.InFile(_site.Answers));
        var (log, audit) = (File.ReadAllText(_site.Log), File.ReadAllText(Path.Combine(_site.Folder, "audit.ndjson")));
        Assert.Contains("Trace ", log, StringComparison.Ordinal);
        Assert.Contains("The disk is on fire.", log, StringComparison.Ordinal);
        Assert.Contains("certificate/rsa", audit, StringComparison.Ordinal);
    }
}
