using System.Text;
using Certrelay.App.Embedded;
using Certrelay.Vault;

namespace Certrelay.Tests.Vault;

public sealed class VaultRotationTests : IDisposable
{
    // With these secrets a rotation writes: next key, check record, six versions, key.
    private const int Secrets = 6;
    private const int Writes = Secrets + 3;

    private readonly VaultSite _site = new();
    private readonly FileVault _vault;

    // The value of each is its place in this list; whatever a test stores besides is "late".
    private readonly List<VaultReference> _first = [];

    public VaultRotationTests() => _vault = _site.Open();

    [Fact]
    public async Task Everything_can_be_read_afterwards_and_the_old_key_opens_nothing()
    {
        var references = await FillAsync();
        var former = File.ReadAllBytes(_site.KeyPath);
        using var formerKey = MasterKey.TryParse(former)!;

        var rotated = await RotateAsync();

        Assert.Equal(Secrets + 1, rotated.Moved);
        Assert.Empty(rotated.Unreadable);
        Assert.NotEqual(formerKey.Id, rotated.KeyId);
        await AssertAllReadableAsync(_vault, references);
        await AssertAllReadableAsync(_site.Open(), references);
        AssertSealedOnlyWith(rotated.KeyId);
        AtomicFile.Replace(_site.KeyPath, former, FileStamp.OwnerOnly);
        Assert.Equal("vault.wrong-key", Assert.Single(_site.Refusal().Faults).Code);
        await Assert.ThrowsAsync<Permanent>(() => VaultSite.ReadAsync(_vault, references[0]));
    }

    [Fact]
    public async Task Values_and_tags_are_untouched_and_only_their_data_keys_are_wrapped_anew()
    {
        var reference = await VaultSite.PutAsync(_vault, "crt-shop", "one", "aa");
        var before = File.ReadAllBytes(_site.FileOf(reference));

        await RotateAsync();

        var after = File.ReadAllBytes(_site.FileOf(reference));
        Assert.Equal(before[68..], after[68..]);
        Assert.NotEqual(before[20..52], after[20..52]);
        Assert.Equal("aa", Assert.Single(await _vault.VersionsAsync("crt-shop", default).ToListAsync()).Tags["fingerprint"]);
    }

    [Fact]
    public async Task A_crash_at_any_write_leaves_a_vault_that_works_and_can_be_finished()
    {
        var references = await FillAsync();
        var before = _site.Snapshot();
        using var formerKey = MasterKey.TryParse(before[_site.KeyPath])!;

        for (var crash = 1; crash <= Writes; crash++)
        {
            _site.Restore(before);
            await Assert.ThrowsAsync<InjectedCrashException>(() => RotateAsync(CrashAfter(crash)));

            // Both the process that ran all along and one that starts now, reading and writing.
            await AssertAllReadableAsync(_vault, references);
            var restarted = _site.Open();
            await AssertAllReadableAsync(restarted, references);
            List<VaultReference> all =
                [.. references, await VaultSite.PutAsync(restarted, "crt-0", "late"), await VaultSite.PutAsync(_vault, "crt-0", "late")];
            var next = File.ReadAllText(_site.KeyPath + ".next");

            var finished = await VaultRotation.ResumeAsync(_site.Folder, _site.Keys, _site.Time, default);

            Assert.NotNull(finished);
            Assert.Equal(next, File.ReadAllText(_site.KeyPath));
            AssertSealedOnlyWith(finished.KeyId);
            Assert.NotEqual(formerKey.Id, finished.KeyId);
            await AssertAllReadableAsync(_vault, all);
            await AssertAllReadableAsync(_site.Open(), all);
            Assert.Null(await VaultRotation.ResumeAsync(_site.Folder, _site.Keys, _site.Time, default));
        }
    }

    [Fact]
    public async Task A_rotation_that_crashes_at_every_write_in_turn_still_ends()
    {
        var references = await FillAsync();
        for (var crash = 0; crash < Writes; crash++)
        {
            try
            {
                await RotateAsync(CrashAfter(2));
            }
            catch (InjectedCrashException)
            {
                continue;
            }

            break;
        }

        await VaultRotation.ResumeAsync(_site.Folder, _site.Keys, _site.Time, default);

        Assert.False(_site.Keys.IsRotating);
        await AssertAllReadableAsync(_site.Open(), references);
    }

    [Fact]
    public async Task What_is_written_at_any_moment_of_a_rotation_can_be_read_after_it()
    {
        var references = await FillAsync();
        var other = _site.Open();
        var late = 0;

        await RotateAsync(new Sink(_ =>
        {
            references.Add(VaultSite.PutAsync(other, "crt-0", "late").GetAwaiter().GetResult());
            references.Add(VaultSite.PutAsync(other, $"crt-late-{late++}", "late", "aa").GetAwaiter().GetResult());
            // Both a version that was moved already and one that was not yet.
            Assert.Equal(references[0], VaultSite.PutAsync(other, "crt-0", "0", "f0").GetAwaiter().GetResult());
            Assert.Equal(references[5], VaultSite.PutAsync(other, "crt-2", "5", "f5").GetAwaiter().GetResult());
        }));

        await AssertAllReadableAsync(_site.Open(), references);
    }

    [Fact]
    public async Task Readers_and_writers_in_other_processes_notice_nothing()
    {
        var references = await FillAsync();
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            var vault = _site.Open();
            var rounds = 0;
            for (; !done.IsCancellationRequested; rounds++)
                await AssertAllReadableAsync(vault, references);
            return rounds;
        })).ToList();
        var writer = Task.Run(async () =>
        {
            var vault = _site.Open();
            var written = new List<VaultReference>();
            for (var i = 0; !done.IsCancellationRequested; i++)
            {
                written.Add(await VaultSite.PutAsync(vault, "crt-0", "late", $"w{i}"));
                Assert.Equal(references[i % Secrets], await VaultSite.PutAsync(vault, references[i % Secrets].Name, "other", $"f{i % Secrets}"));
            }

            return written;
        });

        try
        {
            for (var i = 0; i < 5; i++)
                await RotateAsync();
        }
        finally
        {
            await done.CancelAsync();
        }

        Assert.All(await Task.WhenAll(readers), rounds => Assert.True(rounds > 0));
        await AssertAllReadableAsync(_site.Open(), [.. references, .. await writer]);
    }

    [Fact]
    public async Task Nothing_can_be_removed_and_no_other_rotation_begins_while_one_runs()
    {
        var references = await FillAsync();
        var refused = 0;

        await RotateAsync(new Sink(_ =>
        {
            foreach (var call in (Func<Task>[])[
                () => _vault.RemoveVersionAsync(references[0], default), () => _vault.RemoveAsync("crt-1", default), () => RotateAsync()])
            {
                Assert.Equal("vault.busy", Assert.Throws<Transient>(() => call().GetAwaiter().GetResult()).Code);
                refused++;
            }

            Assert.Null(VaultRotation.ResumeAsync(_site.Folder, _site.Keys, _site.Time, default).GetAwaiter().GetResult());
        }));

        Assert.Equal(3 * Writes, refused);
        await AssertAllReadableAsync(_vault, references);
        await _vault.RemoveVersionAsync(references[0], default);
        Assert.Null(await VaultSite.ReadAsync(_vault, references[0]));
    }

    [Fact]
    public async Task A_damaged_version_is_reported_and_its_neighbours_move()
    {
        var references = await FillAsync();
        File.WriteAllBytes(_site.FileOf(references[2]), [1, 2, 3]);

        var rotated = await RotateAsync();

        Assert.Equal([references[2]], rotated.Unreadable);
        await AssertAllReadableAsync(_vault, references.Where(reference => reference != references[2]));
    }

    [Fact]
    public async Task A_version_left_behind_under_the_old_key_is_mended_by_storing_it_again()
    {
        // As after a process that died between writing a version and making sure of its key.
        var reference = await VaultSite.PutAsync(_vault, "crt-shop", "one", "aa");
        var former = File.ReadAllBytes(_site.FileOf(reference));
        await RotateAsync();
        File.WriteAllBytes(_site.FileOf(reference), former);

        Assert.Equal("vault.unreadable", (await Assert.ThrowsAsync<Permanent>(() => VaultSite.ReadAsync(_vault, reference))).Code);
        Assert.Equal(reference, await VaultSite.PutAsync(_vault, "crt-shop", "one", "aa"));
        Assert.Equal("one", await VaultSite.ReadAsync(_vault, reference));
    }

    [Fact]
    public async Task Files_left_half_written_by_a_crash_are_gone_and_others_stay()
    {
        await FillAsync();
        string Temporary(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        string[] leftovers = [Temporary(_site.KeyPath), Temporary(_site.KeyPath + ".next"), Temporary(Path.Combine(_site.Folder, ".check")),
            Temporary(Path.Combine(_site.Folder, "crt-0", "x.sealed"))];
        string[] others = [_site.KeyPath + ".backup", Path.Combine(Path.GetDirectoryName(_site.KeyPath)!, ".master.key.swp")];
        foreach (var path in leftovers.Concat(others))
            AtomicFile.Create(path, "x"u8, FileStamp.OwnerOnly);

        await RotateAsync();

        Assert.All(leftovers, path => Assert.False(File.Exists(path)));
        Assert.All(others, path => Assert.True(File.Exists(path)));
    }

    [Fact]
    public async Task Keys_from_the_settings_are_rotated_by_naming_both()
    {
        using var elsewhere = new VaultSite();
        var (old, next) = (Text(), Text());
        FileVault Open(string value) => FileVault.Open(elsewhere.Folder, new MasterKeySetting(value), elsewhere.Time);
        var before = Open(old);
        var both = Open($"{old},{next}");
        var references = await FillAsync(before);

        await Assert.ThrowsAsync<InjectedCrashException>(() =>
            VaultRotation.RotateAsync(elsewhere.Folder, old, next, elsewhere.Time, CrashAfter(3), default));
        await AssertAllReadableAsync(both, references);
        references.Add(await VaultSite.PutAsync(both, "crt-0", "late"));
        var rotated = await VaultRotation.RotateAsync(elsewhere.Folder, old, next, elsewhere.Time, progress: null, default);

        Assert.Equal(Secrets - 2, rotated.Moved);
        await AssertAllReadableAsync(both, references);
        await AssertAllReadableAsync(Open(next), references);
        Assert.Equal("vault.wrong-key", (await Assert.ThrowsAsync<Permanent>(() => VaultSite.PutAsync(before, "crt-0", "0"))).Code);
        Assert.Equal("vault.wrong-key", Assert.Single(Assert.Throws<VaultRefusedException>(() => Open(old)).Faults).Code);
    }

    public void Dispose() => _site.Dispose();

    private static string Text()
    {
        using var key = MasterKey.Create();
        return Encoding.ASCII.GetString(key.ToText()).Trim();
    }

    private async Task AssertAllReadableAsync(FileVault vault, IEnumerable<VaultReference> references)
    {
        foreach (var reference in references)
            Assert.Equal(_first.IndexOf(reference) is >= 0 and var i ? $"{i}" : "late", await VaultSite.ReadAsync(vault, reference));
    }

    private static Sink CrashAfter(int writes) => new(_ =>
    {
        if (--writes == 0)
            throw new InjectedCrashException();
    });

    private async Task<List<VaultReference>> FillAsync(FileVault vault)
    {
        for (var i = 0; i < Secrets; i++)
            _first.Add(await VaultSite.PutAsync(vault, $"crt-{i / 2}", $"{i}", $"f{i}"));
        return [.. _first];
    }

    private Task<List<VaultReference>> FillAsync() => FillAsync(_vault);

    private Task<VaultRotated> RotateAsync(Sink? progress = null) =>
        VaultRotation.RotateAsync(_site.Folder, _site.Keys, _site.Time, progress, default);

    private void AssertSealedOnlyWith(string keyId)
    {
        var files = Directory.GetFiles(_site.Folder, "*.sealed", SearchOption.AllDirectories).Append(Path.Combine(_site.Folder, ".check"));
        Assert.All(files, file => Assert.Equal(keyId, Convert.ToHexStringLower(File.ReadAllBytes(file).AsSpan(4, 4))));
    }

    private sealed class Sink(Action<string> act) : IProgress<string>
    {
        public void Report(string value) => act(value);
    }

    private sealed class InjectedCrashException : Exception;
}
