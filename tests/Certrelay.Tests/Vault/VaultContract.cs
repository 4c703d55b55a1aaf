using System.Security.Cryptography;
using System.Text;
using Certrelay.Vault;

namespace Certrelay.Tests.Vault;

/// <summary>What every vault must do. A subclass gives an empty vault for each test; xunit makes one instance a test.</summary>
public abstract class VaultContract
{
    protected const string Name = "crt-shop";

    protected static IReadOnlyDictionary<string, string> NoTags { get; } = new Dictionary<string, string>();

    protected abstract IVault Vault { get; }

    /// <summary>Lets enough time pass for the next version to have a later creation time.</summary>
    protected abstract Task LaterAsync();

    [Theory]
    [InlineData("empty", 0)]
    [InlineData("one byte", 1)]
    [InlineData("odd", 15)]
    [InlineData("one cipher block", 16)]
    [InlineData("block and a byte", 17)]
    [InlineData("a chain", 8_191)]
    [InlineData("just within one Key Vault value", 24 * 1024)]
    [InlineData("just over one Key Vault value", (24 * 1024) + 1)]
    [InlineData("large", 200 * 1024)]
    public async Task A_value_comes_back_byte_for_byte(string size, int length)
    {
        var value = RandomNumberGenerator.GetBytes(length);

        var reference = await Vault.PutAsync(Name, value, NoTags, default);

        Assert.Equal(Name, reference.Name);
        using var read = await Vault.GetAsync(reference, default);
        Assert.True(read!.Bytes.SequenceEqual(value), size);
    }

    [Fact]
    public async Task Every_version_keeps_its_own_value()
    {
        var first = await PutAsync(Name, "one");
        var second = await PutAsync(Name, "two");

        Assert.NotEqual(first, second);
        Assert.Equal("one", await ReadAsync(first));
        Assert.Equal("two", await ReadAsync(second));
    }

    [Fact]
    public async Task Tags_are_listed_as_they_were_given()
    {
        var reference = await PutAsync(Name, "one", ("fingerprint", "aa"), ("größe", "5 \"kB\"\n"));

        var version = Assert.Single(await VersionsAsync(Name));
        Assert.Equal(reference, version.Reference);
        Assert.Equal("aa", version.Tags["fingerprint"]);
        Assert.Equal("5 \"kB\"\n", version.Tags["größe"]);
    }

    [Fact]
    public async Task The_same_fingerprint_again_writes_nothing()
    {
        var first = await PutAsync(Name, "one", ("fingerprint", "aa"));
        var again = await PutAsync(Name, "other", ("fingerprint", "aa"), ("more", "tags"));

        Assert.Equal(first, again);
        Assert.Equal("one", await ReadAsync(first));
        Assert.Equal(["fingerprint"], Assert.Single(await VersionsAsync(Name)).Tags.Keys);
    }

    [Fact]
    public async Task The_same_fingerprint_under_another_name_is_another_version()
    {
        var here = await PutAsync("crt-a", "one", ("fingerprint", "aa"));
        var there = await PutAsync("crt-b", "two", ("fingerprint", "aa"));

        Assert.Equal("one", await ReadAsync(here));
        Assert.Equal("two", await ReadAsync(there));
    }

    [Fact]
    public async Task Another_fingerprint_is_another_version()
    {
        await PutAsync(Name, "one", ("fingerprint", "aa"));
        await PutAsync(Name, "one", ("fingerprint", "ab"));

        Assert.Equal(2, (await VersionsAsync(Name)).Count);
    }

    [Fact]
    public async Task Of_32_puts_of_one_fingerprint_at_once_one_version_remains()
    {
        var references = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => PutAsync(Name, "one", ("fingerprint", "aa")))));

        var reference = Assert.Single(references.Distinct());
        Assert.Equal(reference, Assert.Single(await VersionsAsync(Name)).Reference);
        Assert.Equal("one", await ReadAsync(reference));
    }

    [Fact]
    public async Task Versions_are_listed_oldest_first()
    {
        var expected = new List<VaultReference>();
        for (var i = 0; i < 5; i++)
        {
            expected.Add(await PutAsync(Name, $"{i}"));
            await LaterAsync();
        }

        var versions = await VersionsAsync(Name);

        Assert.Equal(expected, versions.Select(version => version.Reference));
        Assert.Equal(versions.Select(version => version.Created).Order(), versions.Select(version => version.Created));
        Assert.All(versions, version => Assert.True(version.Enabled));
    }

    [Fact]
    public async Task Names_are_listed_by_prefix_in_ordinal_order()
    {
        foreach (var name in (string[])["crt-b", "acc-x", "crt-a", "crt-10", "crt-2", "crtx"])
            await PutAsync(name, "one");

        Assert.Equal(["crt-10", "crt-2", "crt-a", "crt-b"], await NamesAsync("crt-"));
        Assert.Equal(6, (await NamesAsync("")).Count);
        Assert.Empty(await NamesAsync("rb-"));
    }

    [Fact]
    public async Task A_removed_version_cannot_be_opened_and_its_neighbour_can()
    {
        var first = await PutAsync(Name, "one");
        var second = await PutAsync(Name, "two");

        await Vault.RemoveVersionAsync(first, default);
        await Vault.RemoveVersionAsync(first, default);

        Assert.Null(await Vault.GetAsync(first, default));
        Assert.Equal("two", await ReadAsync(second));
        Assert.Equal([second], (await VersionsAsync(Name)).Where(version => version.Enabled).Select(version => version.Reference));
    }

    [Fact]
    public async Task A_removed_fingerprint_can_be_put_again()
    {
        await Vault.RemoveVersionAsync(await PutAsync(Name, "one", ("fingerprint", "aa")), default);

        var again = await PutAsync(Name, "two", ("fingerprint", "aa"));

        Assert.Equal("two", await ReadAsync(again));
    }

    [Fact]
    public async Task A_removed_name_is_gone_with_all_versions_and_can_begin_anew()
    {
        var first = await PutAsync(Name, "one", ("fingerprint", "aa"));
        await PutAsync(Name, "two");
        await PutAsync("crt-other", "three");

        await Vault.RemoveAsync(Name, default);
        await Vault.RemoveAsync(Name, default);

        Assert.Null(await Vault.GetAsync(first, default));
        Assert.Empty(await VersionsAsync(Name));
        Assert.Equal(["crt-other"], await NamesAsync(""));
        Assert.Equal("four", await ReadAsync(await PutAsync(Name, "four", ("fingerprint", "aa"))));
    }

    [Theory]
    [InlineData("well formed", "0123456789abcdef0123456789abcdef")]
    [InlineData("empty", "")]
    [InlineData("a path", "../../etc/passwd")]
    public async Task A_version_that_does_not_exist_is_null(string what, string version)
    {
        await PutAsync(Name, "one");

        Assert.True(await Vault.GetAsync(new VaultReference(Name, version), default) is null, what);
        Assert.Null(await Vault.GetAsync(new VaultReference("crt-none", version), default));
        await Vault.RemoveVersionAsync(new VaultReference("crt-none", version), default);
        await Vault.RemoveVersionAsync(new VaultReference(Name, version), default);
        Assert.Single(await VersionsAsync(Name));
        Assert.Empty(await VersionsAsync("crt-none"));
    }

    [Theory]
    [InlineData("empty", "")]
    [InlineData("a parent folder", "..")]
    [InlineData("a path", "a/b")]
    [InlineData("a dot", "a.b")]
    [InlineData("an underscore", "a_b")]
    [InlineData("a space", "a b")]
    [InlineData("a line end", "a\n")]
    [InlineData("another alphabet", "größe")]
    [InlineData("a null", "a\0")]
    public async Task A_name_of_another_form_is_refused(string what, string name)
    {
        Assert.NotEmpty(what);
        await AssertRefusedAsync(name);
    }

    [Fact]
    public async Task A_name_has_at_most_127_characters()
    {
        var longest = new string('a', 127);

        Assert.Equal("one", await ReadAsync(await PutAsync(longest, "one")));
        await AssertRefusedAsync(longest + "a");
    }

    [Fact]
    public async Task More_tags_than_the_narrowest_vault_holds_are_refused()
    {
        var tags = Enumerable.Range(0, 11).Select(i => ($"t{i}", "x")).ToArray();

        Assert.Equal("one", await ReadAsync(await PutAsync(Name, "one", tags[..10])));
        await Assert.ThrowsAsync<ArgumentException>(() => PutAsync(Name, "one", tags));
        await Assert.ThrowsAsync<ArgumentException>(() => PutAsync(Name, "one", ("t", new string('x', 257))));
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        var reference = await PutAsync(Name, "one");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Vault.PutAsync(Name, "two"u8.ToArray(), NoTags, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Vault.GetAsync(reference, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Vault.RemoveVersionAsync(reference, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Vault.RemoveAsync(Name, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Vault.VersionsAsync(Name, cancelled).ToListAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Vault.NamesAsync("", cancelled).ToListAsync());

        Assert.Equal([reference], (await VersionsAsync(Name)).Select(version => version.Reference));
    }

    [Fact]
    public async Task The_caller_may_zero_its_buffer_after_a_put()
    {
        var value = "one"u8.ToArray();
        var reference = await Vault.PutAsync(Name, value, NoTags, default);
        CryptographicOperations.ZeroMemory(value);

        Assert.Equal("one", await ReadAsync(reference));
    }

    protected Task<VaultReference> PutAsync(string name, string value, params (string Name, string Value)[] tags) =>
        Vault.PutAsync(name, Encoding.UTF8.GetBytes(value), tags.ToDictionary(tag => tag.Name, tag => tag.Value), default);

    protected async Task<string?> ReadAsync(VaultReference reference)
    {
        using var secret = await Vault.GetAsync(reference, default);
        return secret is null ? null : Encoding.UTF8.GetString(secret.Bytes);
    }

    protected async Task<List<VaultVersion>> VersionsAsync(string name) => await Vault.VersionsAsync(name, default).ToListAsync();

    private async Task<List<string>> NamesAsync(string prefix) => await Vault.NamesAsync(prefix, default).ToListAsync();

    private async Task AssertRefusedAsync(string name)
    {
        var reference = new VaultReference(name, "0123456789abcdef0123456789abcdef");
        await Assert.ThrowsAsync<ArgumentException>(() => PutAsync(name, "one"));
        await Assert.ThrowsAsync<ArgumentException>(() => Vault.GetAsync(reference, default));
        await Assert.ThrowsAsync<ArgumentException>(() => Vault.RemoveVersionAsync(reference, default));
        await Assert.ThrowsAsync<ArgumentException>(() => Vault.RemoveAsync(name, default));
        await Assert.ThrowsAsync<ArgumentException>(() => VersionsAsync(name));
    }
}
