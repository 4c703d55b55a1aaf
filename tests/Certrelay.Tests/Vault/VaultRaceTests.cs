using Certrelay.App.Embedded;
using Certrelay.Vault;

namespace Certrelay.Tests.Vault;

/// <summary>Puts and reads between whose steps another process rotates or removes: the moments that a run of many threads meets too rarely.</summary>
public sealed class VaultRaceTests : IDisposable
{
    private readonly VaultSite _site = new();
    private readonly Interrupted _keys;
    private readonly FileVault _vault;

    public VaultRaceTests()
    {
        _site.Open();
        _keys = new Interrupted(_site.Keys);
        _vault = FileVault.Open(_site.Folder, _keys, _site.Time);
    }

    [Theory]
    [InlineData("with a fingerprint", "aa")]
    [InlineData("without one", null)]
    public async Task A_put_that_a_whole_rotation_overtakes_is_stored_under_the_new_key(string what, string? fingerprint)
    {
        _keys.Next(Rotate);

        var reference = await VaultSite.PutAsync(_vault, "crt-shop", "one", fingerprint);

        Assert.True(await VaultSite.ReadAsync(_site.Open(), reference) is "one", what);
        Assert.Single(await _vault.VersionsAsync("crt-shop", default).ToListAsync());
    }

    [Fact]
    public async Task A_put_that_the_beginning_of_a_rotation_overtakes_outlives_its_end()
    {
        _keys.Next(() => RotateUntil(".check"));

        var reference = await VaultSite.PutAsync(_vault, "crt-shop", "one");

        Assert.Equal(KeyOf(Path.Combine(_site.Folder, ".check")), KeyOf(_site.FileOf(reference)));
    }

    [Fact]
    public async Task A_repeated_put_that_a_rotation_overtakes_never_takes_the_version_back_to_the_old_key()
    {
        var reference = await VaultSite.PutAsync(_vault, "crt-shop", "one", "aa");
        var path = _site.FileOf(reference);
        var seen = "";
        _keys.Next(() => RotateUntil(path));
        _keys.Next(() => { });
        _keys.Next(() => seen = KeyOf(path));

        await VaultSite.PutAsync(_vault, "crt-shop", "one", "aa");

        Assert.Equal(KeyOf(Path.Combine(_site.Folder, ".check")), seen);
        Assert.Equal(seen, KeyOf(path));
    }

    [Fact]
    public async Task A_read_that_a_whole_rotation_overtakes_reads_again()
    {
        var reference = await VaultSite.PutAsync(_vault, "crt-shop", "one");
        _keys.Before(Rotate);

        Assert.Equal("one", await VaultSite.ReadAsync(_vault, reference));
    }

    [Fact]
    public async Task Puts_and_removals_of_one_name_at_once_all_succeed()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            for (var round = 0; round < 25; round++)
            {
                var reference = await VaultSite.PutAsync(_vault, "crt-shop", $"{i}", $"f{i}");
                if (i % 2 == 0)
                    await _vault.RemoveAsync("crt-shop", default);
                else
                    await _vault.RemoveVersionAsync(reference, default);
            }
        })));

        Assert.Equal("end", await VaultSite.ReadAsync(_vault, await VaultSite.PutAsync(_vault, "crt-shop", "end", "f0")));
    }

    [Fact]
    public async Task A_folder_that_others_remove_at_that_moment_is_made_all_the_same()
    {
        var path = Path.Combine(_site.Folder, "crt-race");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var round = 0; round < 1500; round++)
            {
                OwnerOnly.CreateFolder(path);
                try
                {
                    Directory.Delete(path);
                }
                catch (DirectoryNotFoundException)
                {
                    // Another was faster.
                }
            }
        })));
    }

    public void Dispose() => _site.Dispose();

    private static string KeyOf(string path) => Convert.ToHexStringLower(File.ReadAllBytes(path).AsSpan(4, 4));

    private void Rotate() => VaultRotation.RotateAsync(_site.Folder, _site.Keys, _site.Time, progress: null, default).GetAwaiter().GetResult();

    /// <summary>Rotates, and stops as a crash would once the file with this ending is written.</summary>
    private void RotateUntil(string ending) => Assert.Throws<InjectedCrashException>(() =>
        VaultRotation.RotateAsync(_site.Folder, _site.Keys, _site.Time, new Stop(ending), default).GetAwaiter().GetResult());

    /// <summary>The real key file, with an event at chosen uses: after the keys were taken, which the caller then holds, or just before.</summary>
    private sealed class Interrupted(IMasterKeySource keys) : IMasterKeySource
    {
        private readonly Queue<(bool Before, Action Event)> _events = new();

        public void Next(Action after) => _events.Enqueue((false, after));

        public void Before(Action before) => _events.Enqueue((true, before));

        public IReadOnlyList<VaultFault> Faults(bool vaultIsEmpty) => keys.Faults(vaultIsEmpty);

        public void MakeFirst() => keys.MakeFirst();

        public MasterKeyRing Take()
        {
            var (before, happens) = _events.TryDequeue(out var planned) ? planned : (true, static () => { });
            if (before)
                happens();
            var ring = keys.Take();
            if (!before)
                happens();
            return ring;
        }
    }

    private sealed class Stop(string ending) : IProgress<string>
    {
        public void Report(string value)
        {
            if (value.EndsWith(ending, StringComparison.Ordinal))
                throw new InjectedCrashException();
        }
    }

    private sealed class InjectedCrashException : Exception;
}
