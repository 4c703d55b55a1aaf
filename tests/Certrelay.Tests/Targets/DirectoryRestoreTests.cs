using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets;

namespace Certrelay.Tests.Targets;

public sealed class DirectoryRestoreTests : IDisposable
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
    public async Task Failing_test_after_the_swap_does_not_reload_and_the_former_files_come_back()
    {
        await _host.DeployAsync(Settings, _old);
        _host.Script("test", "grep -qFf $0/mark $0/sites/fullchain.pem");
        _host.Mark("mark", _old.LeafPem());
        using var reading = await _host.Directory(WithCommands).ReadAsync(CancellationToken.None);

        var failure = await Assert.ThrowsAsync<Permanent>(() => _host.DeployAsync(WithCommands, _new));
        Assert.Equal("target.test-failed", failure.Code);
        Assert.Empty(_host.Note("runs"));
        Assert.Equal(_new.FullChainPem(), _host.Bytes("fullchain.pem"));

        await _host.Directory(WithCommands).RestoreAsync(reading.State, reading.Backup, job: null, CancellationToken.None);
        Assert.Equal(_old.FullChainPem(), _host.Bytes("fullchain.pem"));
        Assert.Equal(TestBundle.KeyFile(_old), _host.Bytes("privkey.pem"));
        Assert.Equal("reload\n", _host.Note("runs"));
    }

    [Fact]
    public async Task Restore_removes_what_did_not_exist()
    {
        File.WriteAllText(_host.PathOf("neighbour.pem"), "mine");
        using var reading = await _host.Directory(AllFiles).ReadAsync(CancellationToken.None);
        await _host.DeployAsync(AllFiles, _new);

        await _host.Directory(AllFiles).RestoreAsync(reading.State, reading.Backup, job: null, CancellationToken.None);

        Assert.Equal(["neighbour.pem"], _host.Entries());
    }

    [Fact]
    public async Task Restore_brings_back_exact_bytes_and_modes_and_can_be_repeated()
    {
        File.WriteAllBytes(_host.PathOf("fullchain.pem"), [0, 1, 2, 255, (byte)'\r']);
        File.WriteAllText(_host.PathOf("privkey.pem"), "");
        File.SetUnixFileMode(_host.PathOf("fullchain.pem"), Shared);
        File.SetUnixFileMode(_host.PathOf("privkey.pem"), Public);
        using var reading = await _host.Directory(Settings).ReadAsync(CancellationToken.None);
        await _host.DeployAsync(Settings, _new);
        File.SetUnixFileMode(_host.PathOf("privkey.pem"), OwnerOnly);

        for (var time = 0; time < 2; time++)
            await _host.Directory(Settings).RestoreAsync(reading.State, reading.Backup, job: null, CancellationToken.None);

        Assert.Equal([0, 1, 2, 255, (byte)'\r'], _host.Bytes("fullchain.pem"));
        Assert.Empty(_host.Bytes("privkey.pem"));
        Assert.Equal([Shared, Public], _host.Entries().Select(_host.Mode));
    }

    [Fact]
    public async Task Failing_reload_of_a_restore_is_an_outcome()
    {
        using var reading = await _host.Directory(WithCommands).ReadAsync(CancellationToken.None);
        await _host.DeployAsync(WithCommands, _new);
        _host.Mark("stuck");

        var result = await _host.Directory(WithCommands).RestoreAsync(reading.State, reading.Backup, job: null, CancellationToken.None);

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
        await _host.DeployAsync(Settings, _new);
        var before = await _host.InodesAsync();

        var failure = await Assert.ThrowsAsync<Permanent>(() => _host.Directory(Settings)
            .RestoreAsync(new TargetState([]), backup is null ? null : new TargetBackup(backup), job: null, CancellationToken.None));

        Assert.Equal("target.refused", failure.Code);
        Assert.Equal(before, await _host.InodesAsync());
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
}
