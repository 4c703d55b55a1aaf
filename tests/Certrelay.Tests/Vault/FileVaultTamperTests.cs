using System.Security.Cryptography;
using System.Text;
using Certrelay.App.Embedded;
using Certrelay.Vault;

namespace Certrelay.Tests.Vault;

public sealed class FileVaultTamperTests : IDisposable
{
    private const string Value = "-----BEGIN PRIVATE KEY-----";

    private readonly VaultSite _site = new();
    private readonly FileVault _vault;

    public FileVaultTamperTests() => _vault = _site.Open();

    [Fact]
    public async Task No_byte_of_a_file_can_be_changed_unnoticed()
    {
        var reference = await VaultSite.PutAsync(_vault, "crt-shop", Value, "aa");
        var path = _site.FileOf(reference);
        var genuine = File.ReadAllBytes(path);

        for (var i = 0; i < genuine.Length; i++)
        {
            foreach (var flip in (byte[])[0x01, 0x20, 0x80])
            {
                var changed = (byte[])genuine.Clone();
                changed[i] ^= flip;
                File.WriteAllBytes(path, changed);
                await AssertUnreadableAsync(reference);
            }
        }
    }

    [Fact]
    public async Task No_file_can_be_cut_or_lengthened_unnoticed()
    {
        var reference = await VaultSite.PutAsync(_vault, "crt-shop", Value, "aa");
        var path = _site.FileOf(reference);
        var genuine = File.ReadAllBytes(path);

        for (var length = 0; length < genuine.Length; length++)
        {
            File.WriteAllBytes(path, genuine.AsSpan(0, length));
            await AssertUnreadableAsync(reference);
        }

        File.WriteAllBytes(path, [.. genuine, 0]);
        await AssertUnreadableAsync(reference);
    }

    [Theory]
    [InlineData("two versions of a name", "crt-shop")]
    [InlineData("versions of two names", "crt-other")]
    public async Task Files_cannot_be_swapped(string what, string otherName)
    {
        var one = await VaultSite.PutAsync(_vault, "crt-shop", "one");
        var two = await VaultSite.PutAsync(_vault, otherName, "two");
        var (first, second) = (File.ReadAllBytes(_site.FileOf(one)), File.ReadAllBytes(_site.FileOf(two)));
        File.WriteAllBytes(_site.FileOf(one), second);
        File.WriteAllBytes(_site.FileOf(two), first);

        Assert.NotEmpty(what);
        await AssertUnreadableAsync(one);
        await AssertUnreadableAsync(two);
        Assert.All(await VersionsAsync(), version => Assert.False(version.Enabled));
    }

    [Fact]
    public async Task Tags_cannot_be_swapped()
    {
        var one = await VaultSite.PutAsync(_vault, "crt-shop", "one", "aa");
        var two = await VaultSite.PutAsync(_vault, "crt-shop", "two", "bb");
        Replace(one, "\"aa\"", "\"bb\"");
        Replace(two, "\"bb\"", "\"aa\"");

        Assert.All(await VersionsAsync(), version => Assert.Empty(version.Tags));
        await AssertUnreadableAsync(one);
        await AssertUnreadableAsync(two);
    }

    [Fact]
    public async Task A_damaged_version_hides_neither_itself_nor_its_neighbours_and_can_be_removed()
    {
        var damaged = await VaultSite.PutAsync(_vault, "crt-shop", "one");
        var whole = await VaultSite.PutAsync(_vault, "crt-shop", "two");
        File.WriteAllBytes(_site.FileOf(damaged), [1, 2, 3]);

        Assert.Equal([whole], (await VersionsAsync()).Where(version => version.Enabled).Select(version => version.Reference));
        Assert.Equal([damaged], (await VersionsAsync()).Where(version => !version.Enabled).Select(version => version.Reference));
        await _vault.RemoveVersionAsync(damaged, default);
        Assert.Equal([whole], (await VersionsAsync()).Select(version => version.Reference));
    }

    [Fact]
    public async Task Storing_the_same_again_mends_a_damaged_version()
    {
        var reference = await VaultSite.PutAsync(_vault, "crt-shop", "one", "aa");
        var path = _site.FileOf(reference);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);

        Assert.Equal(reference, await VaultSite.PutAsync(_vault, "crt-shop", "one", "aa"));
        Assert.Equal("one", await VaultSite.ReadAsync(_vault, reference));
    }

    [Fact]
    public async Task Neither_the_secret_nor_the_master_key_is_in_any_file_of_the_vault()
    {
        var secret = RandomNumberGenerator.GetBytes(48);
        await _vault.PutAsync("crt-shop", secret, new Dictionary<string, string> { ["fingerprint"] = "aa" }, default);
        var key = Convert.FromHexString(File.ReadAllText(_site.KeyPath, Encoding.ASCII).Trim());

        var files = Directory.GetFiles(_site.Folder, "*", SearchOption.AllDirectories);

        Assert.Equal(2, files.Length);
        Assert.All(files, file =>
        {
            var content = File.ReadAllBytes(file);
            Assert.All(Spellings(secret).Concat(Spellings(key)), spelling => Assert.Equal(-1, content.AsSpan().IndexOf(spelling)));
        });
    }

    [Fact]
    public async Task The_same_value_twice_is_sealed_differently()
    {
        var one = File.ReadAllBytes(_site.FileOf(await VaultSite.PutAsync(_vault, "crt-shop", Value)));
        var two = File.ReadAllBytes(_site.FileOf(await VaultSite.PutAsync(_vault, "crt-shop", Value)));

        Assert.NotEqual(one[^Value.Length..], two[^Value.Length..]);
        Assert.NotEqual(one[20..52], two[20..52]);
    }

    public void Dispose() => _site.Dispose();

    private static IEnumerable<byte[]> Spellings(byte[] secret) =>
    [
        secret[..16], secret[16..32],
        // Base64 reads differently by where in a group of three it begins.
        .. Enumerable.Range(0, 3).Select(skip => Encoding.ASCII.GetBytes(Convert.ToBase64String(secret[skip..(skip + 24)]))),
        Encoding.ASCII.GetBytes(Convert.ToHexString(secret[..16])), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret[..16])),
    ];

    private void Replace(VaultReference reference, string former, string latter)
    {
        var path = _site.FileOf(reference);
        var bytes = File.ReadAllBytes(path);
        var at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(former));
        Encoding.UTF8.GetBytes(latter).CopyTo(bytes, at);
        File.WriteAllBytes(path, bytes);
    }

    private async Task<List<VaultVersion>> VersionsAsync() => await _vault.VersionsAsync("crt-shop", default).ToListAsync();

    private async Task AssertUnreadableAsync(VaultReference reference)
    {
        var failure = await Assert.ThrowsAsync<Permanent>(() => _vault.GetAsync(reference, default));
        Assert.Equal("vault.unreadable", failure.Code);
        Assert.Contains($"Version {reference.Version} of {reference.Name} ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Value, failure.ToString(), StringComparison.Ordinal);
    }
}
