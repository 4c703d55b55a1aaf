using System.Text;
using Certrelay.Certificates;
using Certrelay.Targets;
using Certrelay.Targets.Local;

namespace Certrelay.Tests.Targets;

public sealed class DirectoryTargetTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Shared = OwnerOnly | UnixFileMode.GroupRead;
    private const UnixFileMode Public = Shared | UnixFileMode.OtherRead;
    private const string Settings = """{"root":"sites"}""";
    private const string WithCommands = """{"root":"sites","test":"test","reload":"reload"}""";
    private const string AllFiles = """{"root":"sites","layout":{"certificate":"cert.pem","chain":"chain.pem"}}""";

    private readonly LocalHost _host = new();
    private readonly CertificateBundle _old = TestBundle.Ec();
    private readonly CertificateBundle _new = TestBundle.Ec();

    public DirectoryTargetTests()
    {
        _host.Script("test", "echo test >> $0/runs; if [ -e $0/broken ]; then echo no good; exit 1; fi");
        _host.Script("reload", "echo reload >> $0/runs; if [ -e $0/stuck ]; then echo stuck; exit 7; fi");
    }

    [Fact]
    public async Task First_deployment_makes_the_files_with_the_key_for_its_owner_alone()
    {
        await DeployAsync(AllFiles, _new);

        Assert.Equal(["cert.pem", "chain.pem", "fullchain.pem", "privkey.pem"], _host.Entries());
        Assert.Equal(_new.FullChainPem(), Bytes("fullchain.pem"));
        Assert.Equal(_new.LeafPem().Append((byte)'\n'), Bytes("cert.pem"));
        Assert.Equal(_new.ChainPem(), Bytes("chain.pem"));
        Assert.Equal(KeyFile(_new), Bytes("privkey.pem"));
        Assert.Equal([Public, Public, Public, OwnerOnly], _host.Entries().Select(Mode));
    }

    [Fact]
    public async Task Replaced_files_keep_mode_and_links()
    {
        Directory.CreateDirectory(_host.PathOf("archive"));
        await DeployAsync(Settings, _old);
        File.Move(_host.PathOf("fullchain.pem"), _host.PathOf("archive/fullchain1.pem"));
        File.CreateSymbolicLink(_host.PathOf("fullchain.pem"), "archive/fullchain1.pem");
        File.SetUnixFileMode(_host.PathOf("privkey.pem"), Shared);

        await DeployAsync(Settings, _new);

        Assert.Equal(Shared, Mode("privkey.pem"));
        Assert.Equal("archive/fullchain1.pem", new FileInfo(_host.PathOf("fullchain.pem")).LinkTarget);
        Assert.Equal(_new.FullChainPem(), Bytes("archive/fullchain1.pem"));
    }

    [Fact]
    public async Task Second_deployment_rewrites_nothing_but_reloads_again()
    {
        await DeployAsync(WithCommands, _new);
        var before = await InodesAsync();

        await DeployAsync(WithCommands, _new);

        Assert.Equal(before, await InodesAsync());
        Assert.Equal("test\nreload\ntest\nreload\n", _host.Note("runs"));
    }

    [Fact]
    public async Task Test_runs_before_and_after_the_swap_of_a_whole_pair()
    {
        await DeployAsync(Settings, _old);

        await DeployAsync(WithCommands, _new);

        Assert.Equal("test\ntest\nreload\n", _host.Note("runs"));
    }

    [Fact]
    public async Task Reading_tells_the_leaf_and_refusals_and_changes_nothing()
    {
        await DeployAsync(Settings, _old);
        var before = await InodesAsync();
        _host.Script("test", "echo broken: $(basename $0); exit 1");

        using var reading = await Target(WithCommands).ReadAsync(CancellationToken.None);

        Assert.Equal(new ResourceState("sites", _old.Fingerprint, Restorable: true), Assert.Single(reading.State.Resources));
        var refusal = Assert.Single(reading.Refusals);
        Assert.Equal("target.test-failed", refusal.Code);
        Assert.Contains("broken: certrelay-", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await InodesAsync());
    }

    [Fact]
    public async Task Half_replaced_pair_is_not_held_against_the_server()
    {
        await DeployAsync(Settings, _old);
        File.WriteAllBytes(_host.PathOf("privkey.pem"), _new.PrivateKeyPem());
        _host.Script("test", """openssl pkey -in "$0/sites/privkey.pem" -pubout -out "$0/a"; openssl x509 -in "$0/sites/fullchain.pem" -noout -pubkey > "$0/b"; cmp "$0/a" "$0/b" """);

        using var reading = await Target(WithCommands).ReadAsync(CancellationToken.None);
        await DeployAsync(WithCommands, _new);

        Assert.Empty(reading.Refusals);
        Assert.Equal(_new.FullChainPem(), Bytes("fullchain.pem"));
        Assert.Equal("reload\n", _host.Note("runs"));
    }

    [Theory]
    [InlineData("no folder", """{"root":"sites","folder":"gone"}""", "target.missing")]
    [InlineData("no root", """{"root":"elsewhere"}""", "target.missing")]
    [InlineData("no command", """{"root":"sites","reload":"absent"}""", "target.missing")]
    [InlineData("a folder in the place of a file", """{"root":"sites","layout":{"key":"folder"}}""", "target.refused")]
    public async Task Reading_refuses(string description, string settings, string code)
    {
        Assert.NotEmpty(description);
        Directory.CreateDirectory(_host.PathOf("folder"));

        using var reading = await Target(settings).ReadAsync(CancellationToken.None);

        Assert.Equal(code, Assert.Single(reading.Refusals).Code);
    }

    [Theory]
    [InlineData("empty", "")]
    [InlineData("text", "not PEM")]
    [InlineData("cut", "-----BEGIN CERTIFICATE-----\nMIIB")]
    [InlineData("another block", "-----BEGIN X-----\nAAAA\n-----END X-----")]
    public async Task File_without_a_certificate_has_no_fingerprint(string description, string content)
    {
        Assert.NotEmpty(description);
        File.WriteAllText(_host.PathOf("fullchain.pem"), content);

        using var reading = await Target(Settings).ReadAsync(CancellationToken.None);

        Assert.Null(Assert.Single(reading.State.Resources).Fingerprint);
        Assert.Empty(reading.Refusals);
        Assert.NotNull(reading.Backup);
    }

    [Fact]
    public async Task Failing_test_before_the_swap_changes_nothing()
    {
        await DeployAsync(Settings, _old);
        var before = await InodesAsync();
        File.WriteAllText(Path.Combine(_host.Outside, "broken"), "");

        var failure = await Assert.ThrowsAsync<Permanent>(() => DeployAsync(WithCommands, _new));

        Assert.Equal("target.test-failed", failure.Code);
        Assert.Equal("Nothing was changed: test ended with exit code 1: no good", failure.Message);
        Assert.Equal(before, await InodesAsync());
        Assert.Equal("test\n", _host.Note("runs"));
    }

    [Fact]
    public async Task Failing_test_after_the_swap_does_not_reload_and_the_former_files_come_back()
    {
        await DeployAsync(Settings, _old);
        _host.Script("test", "grep -q $(cat $0/mark) $0/sites/fullchain.pem");
        File.WriteAllText(Path.Combine(_host.Outside, "mark"), Encoding.ASCII.GetString(_old.LeafPem()).Split('\n')[^2]);
        using var reading = await Target(WithCommands).ReadAsync(CancellationToken.None);

        var failure = await Assert.ThrowsAsync<Permanent>(() => DeployAsync(WithCommands, _new));
        Assert.Equal("target.test-failed", failure.Code);
        Assert.Empty(_host.Note("runs"));
        Assert.Equal(_new.FullChainPem(), Bytes("fullchain.pem"));

        await Target(WithCommands).RestoreAsync(reading.State, reading.Backup, job: null, CancellationToken.None);
        Assert.Equal(_old.FullChainPem(), Bytes("fullchain.pem"));
        Assert.Equal(KeyFile(_old), Bytes("privkey.pem"));
        Assert.Equal("reload\n", _host.Note("runs"));
    }

    [Fact]
    public async Task Failing_reload_is_permanent_and_a_late_one_transient()
    {
        File.WriteAllText(Path.Combine(_host.Outside, "stuck"), "");
        var failed = await Assert.ThrowsAsync<Permanent>(() => DeployAsync(WithCommands, _new));
        _host.Script("reload", "sleep 30", timeoutSeconds: 1);
        var late = await Assert.ThrowsAsync<Transient>(() => DeployAsync(WithCommands, _new));

        Assert.Equal(("target.reload-failed", "reload ended with exit code 7: stuck"), (failed.Code, failed.Message));
        Assert.Equal("target.reload-timeout", late.Code);
    }

    [Fact]
    public async Task Restore_removes_what_did_not_exist()
    {
        File.WriteAllText(_host.PathOf("neighbour.pem"), "mine");
        using var reading = await Target(AllFiles).ReadAsync(CancellationToken.None);
        await DeployAsync(AllFiles, _new);

        await Target(AllFiles).RestoreAsync(reading.State, reading.Backup, job: null, CancellationToken.None);

        Assert.Equal(["neighbour.pem"], _host.Entries());
    }

    [Fact]
    public async Task Restore_brings_back_exact_bytes_and_modes_and_can_be_repeated()
    {
        File.WriteAllBytes(_host.PathOf("fullchain.pem"), [0, 1, 2, 255, (byte)'\r']);
        File.WriteAllText(_host.PathOf("privkey.pem"), "");
        File.SetUnixFileMode(_host.PathOf("fullchain.pem"), Shared);
        File.SetUnixFileMode(_host.PathOf("privkey.pem"), Public);
        using var reading = await Target(Settings).ReadAsync(CancellationToken.None);
        await DeployAsync(Settings, _new);
        File.SetUnixFileMode(_host.PathOf("privkey.pem"), OwnerOnly);

        for (var time = 0; time < 2; time++)
            await Target(Settings).RestoreAsync(reading.State, reading.Backup, job: null, CancellationToken.None);

        Assert.Equal([0, 1, 2, 255, (byte)'\r'], Bytes("fullchain.pem"));
        Assert.Empty(Bytes("privkey.pem"));
        Assert.Equal([Shared, Public], _host.Entries().Select(Mode));
    }

    [Fact]
    public async Task Failing_reload_of_a_restore_is_an_outcome()
    {
        using var reading = await Target(WithCommands).ReadAsync(CancellationToken.None);
        await DeployAsync(WithCommands, _new);
        File.WriteAllText(Path.Combine(_host.Outside, "stuck"), "");

        var result = await Target(WithCommands).RestoreAsync(reading.State, reading.Backup, job: null, CancellationToken.None);

        var outcome = Assert.Single(Assert.IsType<DeployResult.Bound>(result).Outcomes);
        Assert.Equal(new ResourceOutcome("sites", false, "target.reload-failed", "reload ended with exit code 7: stuck"), outcome);
        Assert.Empty(_host.Entries());
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData("empty", new byte[0])]
    [InlineData("another version", new byte[] { 2, 0 })]
    [InlineData("cut short", new byte[] { 1, 1, 5, 97 })]
    [InlineData("a path", new byte[] { 1, 1, 2, 46, 46, 0 })]
    [InlineData("too long", new byte[] { 1, 0, 0 })]
    public async Task Restore_from_a_bad_backup_changes_nothing(string description, byte[]? backup)
    {
        Assert.NotEmpty(description);
        await DeployAsync(Settings, _new);
        var before = await InodesAsync();

        var failure = await Assert.ThrowsAsync<Permanent>(() => Target(Settings)
            .RestoreAsync(new TargetState([]), backup is null ? null : new TargetBackup(backup), job: null, CancellationToken.None));

        Assert.Equal("target.refused", failure.Code);
        Assert.Equal(before, await InodesAsync());
    }

    [Fact]
    public async Task Key_of_another_certificate_is_never_written()
    {
        using var mismatched = TestBundle.Mismatched();

        var failure = await Assert.ThrowsAsync<Permanent>(() => DeployAsync(Settings, mismatched));

        Assert.Equal("key.mismatch", failure.Code);
        Assert.Empty(_host.Entries());
    }

    [Fact]
    public async Task Rsa_pair_is_written_too()
    {
        using var rsa = TestBundle.Rsa();

        await DeployAsync(Settings, rsa);

        Assert.Equal(KeyFile(rsa), Bytes("privkey.pem"));
    }

    [Fact]
    public async Task Write_that_cannot_be_finished_changes_nothing_and_leaves_no_key()
    {
        await DeployAsync(Settings, _old);
        File.Delete(_host.PathOf("fullchain.pem"));
        // The key can be staged, the chain cannot: its link leads to a folder that does not exist.
        File.CreateSymbolicLink(_host.PathOf("fullchain.pem"), "gone/fullchain.pem");

        var failure = await Assert.ThrowsAsync<Permanent>(() => DeployAsync(Settings, _new));

        Assert.Equal("target.missing", failure.Code);
        Assert.Equal(KeyFile(_old), Bytes("privkey.pem"));
        Assert.Equal(["fullchain.pem", "privkey.pem"], _host.Entries());
    }

    [Fact]
    public async Task Key_left_beside_by_a_crash_is_swept_by_the_next_write()
    {
        var leftover = $".privkey.pem.{Guid.NewGuid():N}";
        File.WriteAllText(_host.PathOf(leftover), "-----BEGIN PRIVATE KEY-----");
        File.WriteAllText(_host.PathOf(".privkey.pem.mine"), "kept");

        await DeployAsync(Settings, _new);

        Assert.Equal([".privkey.pem.mine", "fullchain.pem", "privkey.pem"], _host.Entries());
    }

    [Fact]
    public async Task Cancellation_before_the_write_changes_nothing()
    {
        _host.Script("reload", "sleep 2");
        var reload = _host.Runner.RunAsync("reload", CancellationToken.None);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Target(WithCommands).DeployAsync(_new, job: null, cancel.Token));

        Assert.Empty(_host.Entries());
        await reload;
    }

    [Fact]
    public async Task Many_targets_share_reloads()
    {
        var folders = Enumerable.Range(0, 12).Select(index => $"site{index}").ToList();
        folders.ForEach(folder => Directory.CreateDirectory(_host.PathOf(folder)));
        _host.Script("reload", "sleep 0.3; echo reload >> $0/runs");

        await Task.WhenAll(folders.Select(folder => DeployAsync($$"""{"root":"sites","folder":"{{folder}}","reload":"reload"}""", _new)));

        Assert.InRange(_host.Note("runs").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 1, 4);
        Assert.All(folders, folder => Assert.Equal(_new.FullChainPem(), Bytes($"{folder}/fullchain.pem")));
    }

    [Fact]
    public async Task No_test_ever_sees_a_half_replaced_pair_of_a_neighbour()
    {
        var folders = Enumerable.Range(0, 6).Select(index => $"site{index}").ToList();
        folders.ForEach(folder => Directory.CreateDirectory(_host.PathOf(folder)));
        _host.Script("test", """
            for d in "$0"/sites/*; do
                if [ -e "$d/privkey.pem" ] || [ -e "$d/fullchain.pem" ]; then
                    a=$(openssl pkey -in "$d/privkey.pem" -pubout) && b=$(openssl x509 -in "$d/fullchain.pem" -noout -pubkey) && [ "$a" = "$b" ] || exit 1
                fi
            done
            """);
        var bundles = new[] { _old, _new, _old };

        await Task.WhenAll(folders.Select(async folder =>
        {
            foreach (var bundle in bundles)
                await DeployAsync($$"""{"root":"sites","folder":"{{folder}}","test":"test"}""", bundle);
        }));
    }

    [Fact]
    public async Task Nothing_of_the_key_is_logged_or_thrown()
    {
        File.WriteAllText(Path.Combine(_host.Outside, "stuck"), "");
        using var reading = await Target(WithCommands).ReadAsync(CancellationToken.None);
        var failure = await Assert.ThrowsAsync<Permanent>(() => DeployAsync(WithCommands, _new));
        await Target(WithCommands).RestoreAsync(reading.State, reading.Backup, job: null, CancellationToken.None);

        var key = Encoding.ASCII.GetString(_new.PrivateKeyPem()).Split('\n')[1];
        Assert.All([.. _host.Logs.Lines, failure.ToString()], line => Assert.DoesNotContain(key, line, StringComparison.Ordinal));
        Assert.NotEmpty(_host.Logs.Lines);
    }

    [Fact]
    public void Backup_says_nothing_of_itself_and_is_zeroed()
    {
        byte[] bytes = [1, 2, 3];
        var backup = new TargetBackup(bytes);

        Assert.Equal("[backup]", backup.ToString());
        backup.Dispose();
        Assert.Equal([0, 0, 0], bytes);
    }

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
        _host.Dispose();
    }

    private IDeployTarget Target(string settings) => _host.Target(DirectoryTarget.Kind.Name, settings);

    private Task<DeployResult> DeployAsync(string settings, CertificateBundle bundle) =>
        Target(settings).DeployAsync(bundle, job: null, CancellationToken.None);

    private static byte[] KeyFile(CertificateBundle bundle) => [.. bundle.PrivateKeyPem(), (byte)'\n'];

    private byte[] Bytes(string file) => File.ReadAllBytes(_host.PathOf(file));

    private UnixFileMode Mode(string file) => File.GetUnixFileMode(_host.PathOf(file));

    /// <summary>Name, inode, mode, owner and time of each entry, as ls prints them.</summary>
    private async Task<string> InodesAsync()
    {
        _host.Command("ls", "ls", "-lAi", "--time-style=full-iso", _host.Root);
        return (await _host.Runner.RunAsync("ls", CancellationToken.None)).Output;
    }
}
