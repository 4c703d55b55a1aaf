using Certrelay.Certificates;
using Certrelay.Records;

namespace Certrelay.Tests.Targets;

public sealed class DirectoryReadingTests : IDisposable
{
    private const string Settings = """{"root":"sites"}""";
    private const string WithCommands = """{"root":"sites","test":"test","reload":"reload"}""";

    private readonly LocalHost _host = new();
    private readonly CertificateBundle _old = TestBundle.Ec();
    private readonly CertificateBundle _new = TestBundle.Ec();

    [Fact]
    public async Task Reading_tells_the_leaf_and_refusals_and_changes_nothing()
    {
        await _host.DeployAsync(Settings, _old);
        var before = await _host.InodesAsync();
        _host.Script("test", "echo broken: $(basename $0); exit 1");

        using var reading = await _host.Directory(WithCommands).ReadAsync(CancellationToken.None);

        Assert.Equal(new ResourceState("sites", _old.Fingerprint, Restorable: true), Assert.Single(reading.State.Resources));
        var refusal = Assert.Single(reading.Refusals);
        Assert.Equal("target.test-failed", refusal.Code);
        Assert.Contains("broken: certrelay-", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await _host.InodesAsync());
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

        using var reading = await _host.Directory(settings).ReadAsync(CancellationToken.None);

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

        using var reading = await _host.Directory(Settings).ReadAsync(CancellationToken.None);

        Assert.Null(Assert.Single(reading.State.Resources).Fingerprint);
        Assert.Empty(reading.Refusals);
        Assert.NotNull(reading.Backup);
    }

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
        _host.Dispose();
    }
}
