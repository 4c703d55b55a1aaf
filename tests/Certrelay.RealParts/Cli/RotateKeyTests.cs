using System.Security.Cryptography;
using System.Text;
using Certrelay.App.Embedded;
using Certrelay.RealParts.Support;
using Certrelay.Vault;

namespace Certrelay.RealParts.Cli;

public sealed class RotateKeyTests : IDisposable
{
    private const int Secrets = 300;

    private readonly string _data = Directory.CreateTempSubdirectory("certrelay-rotate-").FullName;

    private string KeyFile => Path.Combine(_data, "master.key");

    private string VaultFolder => Path.Combine(_data, "vault");

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Killed_at_any_progress_it_finishes_the_next_time_and_every_secret_can_be_read()
    {
        var references = await FillAsync(new MasterKeyFile(KeyFile));
        var former = Path.Combine(_data, "former.key");
        File.Copy(KeyFile, former);
        var killed = 0;
        foreach (var mark in (string[])["Written: next", "Moved 3 ", "Moved 60 ", "Moved 150 ", "Moved 240 ", "Moved 300 ", "Written: master"])
        {
            using var run = CertrelayProcess.Start("rotate-key", "--data", _data);
            if (await run.SaysAsync(line => line.StartsWith(mark, StringComparison.Ordinal)))
                killed++;
            await run.KillAsync();
            await AssertReadableAsync(new MasterKeyFile(KeyFile), references);
        }

        using var last = CertrelayProcess.Start("rotate-key", "--data", _data);
        Assert.True(await last.ExitAsync() == 0, last.Output);
        Assert.Contains(last.Lines, line => line.Contains("has the master key", StringComparison.Ordinal));
        Assert.True(killed > 0, "No run was killed before its end.");
        Assert.False(File.Exists(KeyFile + ".next"));
        await AssertReadableAsync(new MasterKeyFile(KeyFile), references);
        Assert.NotEqual(await File.ReadAllTextAsync(former), await File.ReadAllTextAsync(KeyFile));
        Assert.Throws<VaultRefusedException>(() => FileVault.Open(VaultFolder, new MasterKeyFile(former), TimeProvider.System));
    }

    [Theory]
    [InlineData("in a file", true)]
    [InlineData("in the environment", false)]
    public async Task Key_of_the_settings_gives_way_to_the_next_one(string place, bool inFile)
    {
        var (present, next) = (NewKey(), NewKey());
        var references = await FillAsync(new MasterKeySetting(present));
        var nextFile = Path.Combine(_data, "next.key");
        AtomicFile.Create(nextFile, Encoding.ASCII.GetBytes(next + "\n"), FileStamp.OwnerOnly);
        var environment = new Dictionary<string, string> { ["Vault__MasterKey"] = present };
        if (!inFile)
            environment["CERTRELAY_NEXT_MASTER_KEY"] = next;
        string[] given = inFile ? ["--next-key-file", nextFile] : [];

        using var run = CertrelayProcess.Start(environment, ["rotate-key", "--data", _data, .. given]);

        Assert.True(await run.ExitAsync() == 0, $"{place}: {run.Output}");
        Assert.DoesNotContain(next, run.Output, StringComparison.OrdinalIgnoreCase);
        await AssertReadableAsync(new MasterKeySetting(next), references);
        Assert.Throws<VaultRefusedException>(() => FileVault.Open(VaultFolder, new MasterKeySetting(present), TimeProvider.System));
    }

    [Fact]
    public async Task Folder_without_a_vault_is_refused_and_stays_as_it_is()
    {
        using var run = CertrelayProcess.Start("rotate-key", "--data", Path.Combine(_data, "typo"));

        Assert.Equal(2, await run.ExitAsync());
        Assert.Contains("There is no vault in", run.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_data));
    }

    [Theory]
    [InlineData("no next key", null, "give the next one")]
    [InlineData("a next key of another form", "0123", "not one line of 64 hexadecimal digits")]
    public async Task Settings_key_without_a_good_next_one_is_refused(string fault, string? next, string says)
    {
        var present = NewKey();
        await FillAsync(new MasterKeySetting(present), count: 1);
        var environment = new Dictionary<string, string> { ["Vault__MasterKey"] = present, ["CERTRELAY_NEXT_MASTER_KEY"] = next ?? "" };

        using var run = CertrelayProcess.Start(environment, "rotate-key", "--data", _data);

        Assert.True(await run.ExitAsync() == 2, $"{fault}: {run.Output}");
        Assert.Contains(says, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Next_key_is_refused_where_the_key_is_a_file()
    {
        await FillAsync(new MasterKeyFile(KeyFile), count: 1);
        var environment = new Dictionary<string, string> { ["CERTRELAY_NEXT_MASTER_KEY"] = NewKey() };

        using var run = CertrelayProcess.Start(environment, "rotate-key", "--data", _data);

        Assert.Equal(2, await run.ExitAsync());
        Assert.Contains("The master key is a file", run.Errors, StringComparison.Ordinal);
    }

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private async Task<List<VaultReference>> FillAsync(IMasterKeySource keys, int count = Secrets)
    {
        var vault = FileVault.Open(VaultFolder, keys, TimeProvider.System);
        var references = new List<VaultReference>();
        for (var number = 0; number < count; number++)
            references.Add(await vault.PutAsync($"acc-{number}", Value(number), new Dictionary<string, string>(), CancellationToken.None));
        return references;
    }

    private async Task AssertReadableAsync(IMasterKeySource keys, List<VaultReference> references)
    {
        var vault = FileVault.Open(VaultFolder, keys, TimeProvider.System);
        foreach (var (number, reference) in references.Index())
        {
            using var secret = await vault.GetAsync(reference, CancellationToken.None);
            Assert.Equal(Value(number), secret!.Memory.ToArray());
        }
    }

    private static byte[] Value(int number) => Encoding.ASCII.GetBytes($"secret {number}");
}
