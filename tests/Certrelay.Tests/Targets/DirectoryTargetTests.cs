using System.Text;
using Certrelay.Certificates;

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

    [Fact]
    public async Task First_deployment_makes_the_files_with_the_key_for_its_owner_alone()
    {
        await _host.DeployAsync(AllFiles, _new);

        Assert.Equal(["cert.pem", "chain.pem", "fullchain.pem", "privkey.pem"], _host.Entries());
        Assert.Equal(_new.FullChainPem(), _host.Bytes("fullchain.pem"));
        Assert.Equal(_new.LeafPem().Append((byte)'\n'), _host.Bytes("cert.pem"));
        Assert.Equal(_new.ChainPem(), _host.Bytes("chain.pem"));
        Assert.Equal(TestBundle.KeyFile(_new), _host.Bytes("privkey.pem"));
        Assert.Equal([Public, Public, Public, OwnerOnly], _host.Entries().Select(_host.Mode));
    }

    [Fact]
    public async Task Replaced_files_keep_mode_and_links()
    {
        Directory.CreateDirectory(_host.PathOf("archive"));
        await _host.DeployAsync(Settings, _old);
        File.Move(_host.PathOf("fullchain.pem"), _host.PathOf("archive/fullchain1.pem"));
        File.CreateSymbolicLink(_host.PathOf("fullchain.pem"), "archive/fullchain1.pem");
        File.SetUnixFileMode(_host.PathOf("privkey.pem"), Shared);

        await _host.DeployAsync(Settings, _new);

        Assert.Equal(Shared, _host.Mode("privkey.pem"));
        Assert.Equal("archive/fullchain1.pem", new FileInfo(_host.PathOf("fullchain.pem")).LinkTarget);
        Assert.Equal(_new.FullChainPem(), _host.Bytes("archive/fullchain1.pem"));
    }

    [Fact]
    public async Task Second_deployment_rewrites_nothing_but_reloads_again()
    {
        await _host.DeployAsync(WithCommands, _new);
        var before = await _host.InodesAsync();

        await _host.DeployAsync(WithCommands, _new);

        Assert.Equal(before, await _host.InodesAsync());
        Assert.Equal("test\nreload\ntest\nreload\n", _host.Note("runs"));
    }

    [Fact]
    public async Task Test_runs_before_and_after_the_swap_of_a_whole_pair()
    {
        await _host.DeployAsync(Settings, _old);

        await _host.DeployAsync(WithCommands, _new);

        Assert.Equal("test\ntest\nreload\n", _host.Note("runs"));
    }

    [Fact]
    public async Task Failing_test_before_the_swap_changes_nothing()
    {
        await _host.DeployAsync(Settings, _old);
        var before = await _host.InodesAsync();
        _host.Mark("broken");

        var failure = await Assert.ThrowsAsync<Permanent>(() => _host.DeployAsync(WithCommands, _new));

        Assert.Equal("target.test-failed", failure.Code);
        Assert.Equal("Nothing was changed: test ended with exit code 1: no good", failure.Message);
        Assert.Equal(before, await _host.InodesAsync());
        Assert.Equal("test\n", _host.Note("runs"));
    }

    [Fact]
    public async Task Failing_reload_is_permanent_and_a_late_one_transient()
    {
        _host.Mark("stuck");
        var failed = await Assert.ThrowsAsync<Permanent>(() => _host.DeployAsync(WithCommands, _new));
        _host.Script("reload", "sleep 30", timeoutSeconds: 1);
        var late = await Assert.ThrowsAsync<Transient>(() => _host.DeployAsync(WithCommands, _new));

        Assert.Equal(("target.reload-failed", "reload ended with exit code 7: stuck"), (failed.Code, failed.Message));
        Assert.Equal("target.reload-timeout", late.Code);
    }

    [Fact]
    public async Task Key_of_another_certificate_is_never_written()
    {
        using var mismatched = TestBundle.Mismatched();

        var failure = await Assert.ThrowsAsync<Permanent>(() => _host.DeployAsync(Settings, mismatched));

        Assert.Equal("key.mismatch", failure.Code);
        Assert.Empty(_host.Entries());
    }

    [Fact]
    public async Task Rsa_pair_is_written_too()
    {
        using var rsa = TestBundle.Rsa();

        await _host.DeployAsync(Settings, rsa);

        Assert.Equal(TestBundle.KeyFile(rsa), _host.Bytes("privkey.pem"));
    }

    [Fact]
    public async Task Nothing_of_the_key_is_logged_or_thrown()
    {
        _host.Mark("stuck");
        using var reading = await _host.Directory(WithCommands).ReadAsync(CancellationToken.None);
        var failure = await Assert.ThrowsAsync<Permanent>(() => _host.DeployAsync(WithCommands, _new));
        await _host.Directory(WithCommands).RestoreAsync(reading.State, reading.Backup, job: null, CancellationToken.None);

        var key = Encoding.ASCII.GetString(_new.PrivateKeyPem()).Split('\n')[1];
        Assert.All([.. _host.Logs.Lines, failure.ToString()], line => Assert.DoesNotContain(key, line, StringComparison.Ordinal));
        Assert.NotEmpty(_host.Logs.Lines);
    }

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
        _host.Dispose();
    }
}
