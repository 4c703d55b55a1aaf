using Certrelay.Certificates;

namespace Certrelay.Tests.Targets;

public sealed class DirectoryCrashTests : IDisposable
{
    private const string Settings = """{"root":"sites"}""";
    private const string WithCommands = """{"root":"sites","test":"test","reload":"reload"}""";

    private readonly LocalHost _host = new();
    private readonly CertificateBundle _old = TestBundle.Ec();
    private readonly CertificateBundle _new = TestBundle.Ec();

    [Fact]
    public async Task Half_replaced_pair_is_not_held_against_the_server()
    {
        await _host.DeployAsync(Settings, _old);
        File.WriteAllBytes(_host.PathOf("privkey.pem"), _new.PrivateKeyPem());
        _host.Script("test", "echo test >> $0/runs; grep -qFf $0/mark $0/sites/fullchain.pem");
        _host.Mark("mark", _new.LeafPem());

        using var reading = await _host.Directory(WithCommands).ReadAsync(CancellationToken.None);
        await _host.DeployAsync(WithCommands, _new);

        Assert.Empty(reading.Refusals);
        Assert.Equal(_new.FullChainPem(), _host.Bytes("fullchain.pem"));
        Assert.Equal("test\nreload\n", _host.Note("runs"));
    }

    [Fact]
    public async Task Write_that_cannot_be_finished_changes_nothing_and_leaves_no_key()
    {
        await _host.DeployAsync(Settings, _old);
        File.Delete(_host.PathOf("fullchain.pem"));
        // The key can be staged, the chain cannot: its link leads to a folder that does not exist.
        File.CreateSymbolicLink(_host.PathOf("fullchain.pem"), "gone/fullchain.pem");

        var failure = await Assert.ThrowsAsync<Permanent>(() => _host.DeployAsync(Settings, _new));

        Assert.Equal("target.missing", failure.Code);
        Assert.Equal(TestBundle.KeyFile(_old), _host.Bytes("privkey.pem"));
        Assert.Equal(["fullchain.pem", "privkey.pem"], _host.Entries());
    }

    [Fact]
    public async Task Key_left_beside_by_a_crash_is_swept_by_the_next_write()
    {
        var leftover = $".privkey.pem.{Guid.NewGuid():N}";
        File.WriteAllText(_host.PathOf(leftover), "-----BEGIN PRIVATE KEY-----");
        File.WriteAllText(_host.PathOf(".privkey.pem.mine"), "kept");

        await _host.DeployAsync(Settings, _new);

        Assert.Equal([".privkey.pem.mine", "fullchain.pem", "privkey.pem"], _host.Entries());
    }

    [Fact]
    public async Task Cancellation_before_the_write_changes_nothing()
    {
        // A reload that is going on keeps the files from being replaced.
        _host.Script("reload", "echo reload >> $0/runs; while [ ! -e $0/go ]; do sleep 0.05; done");
        var reload = _host.Runner.RunAsync("reload", CancellationToken.None);
        while (_host.Note("runs").Length == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _host.Directory(WithCommands).DeployAsync(_new, job: null, cancel.Token));

        Assert.Empty(_host.Entries());
        _host.Mark("go");
        await reload;
    }

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
        _host.Dispose();
    }
}
