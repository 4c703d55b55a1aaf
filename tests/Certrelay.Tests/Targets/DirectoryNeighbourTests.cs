using Certrelay.Certificates;

namespace Certrelay.Tests.Targets;

public sealed class DirectoryNeighbourTests : IDisposable
{
    private readonly LocalHost _host = new();
    private readonly CertificateBundle _old = TestBundle.Ec();
    private readonly CertificateBundle _new = TestBundle.Ec();

    [Fact]
    public async Task Many_targets_share_reloads()
    {
        var folders = Enumerable.Range(0, 12).Select(index => $"site{index}").ToList();
        folders.ForEach(folder => Directory.CreateDirectory(_host.PathOf(folder)));
        _host.Script("reload", "sleep 0.3; echo reload >> $0/runs");

        await Task.WhenAll(folders.Select(folder => _host.DeployAsync($$"""{"root":"sites","folder":"{{folder}}","reload":"reload"}""", _new)));

        Assert.InRange(_host.Note("runs").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 1, 4);
        Assert.All(folders, folder => Assert.Equal(_new.FullChainPem(), _host.Bytes($"{folder}/fullchain.pem")));
    }

    [Fact]
    public async Task No_test_ever_sees_a_half_replaced_pair_of_a_neighbour()
    {
        var folders = Enumerable.Range(0, 6).Select(index => $"site{index}").ToList();
        folders.ForEach(folder => Directory.CreateDirectory(_host.PathOf(folder)));
        _host.Mark("key", _old.PrivateKeyPem());
        _host.Mark("leaf", _old.LeafPem());
        _host.Script("test", """
            for folder in "$0"/sites/*; do
                grep -sqFf "$0/key" "$folder/privkey.pem"; key=$?
                grep -sqFf "$0/leaf" "$folder/fullchain.pem"; leaf=$?
                [ $key = $leaf ] || exit 1
            done
            """);
        var bundles = new[] { _old, _new, _old };

        await Task.WhenAll(folders.Select(async folder =>
        {
            foreach (var bundle in bundles)
                await _host.DeployAsync($$"""{"root":"sites","folder":"{{folder}}","test":"test"}""", bundle);
        }));
    }

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
        _host.Dispose();
    }
}
