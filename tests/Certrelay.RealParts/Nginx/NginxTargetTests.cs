using Certrelay.RealParts.Support;
using Certrelay.Targets;

namespace Certrelay.RealParts.Nginx;

public sealed class NginxTargetTests
{
    private readonly IssuedChain _old = IssuedChain.Of(NginxFolder.Name);
    private readonly IssuedChain _new = IssuedChain.Of(NginxFolder.Name);

    [RealFact("nginx")]
    public async Task Deployed_certificate_is_served_with_its_chain_and_again_after_a_restart()
    {
        using var folder = await NginxFolder.StartAsync("127.0.0.2", _old);
        await folder.SeenAsync(_old.Fingerprint);
        using var reading = await folder.ReadAsync();
        Assert.Empty(reading.Refusals);
        Assert.Equal(_old.Fingerprint, Assert.Single(reading.State.Resources).Fingerprint);

        var result = await folder.DeployAsync(_new);

        Assert.All(Assert.IsType<DeployResult.Bound>(result).Outcomes, outcome => Assert.True(outcome.Succeeded));
        await folder.SeenAsync(_new.Fingerprint);
        Assert.All(await folder.ProbeAsync(), sample =>
            Assert.Equal([_new.Leaf, _new.Intermediate], sample.ChainAsSent.Select(der => der.ToArray())));

        folder.Server.Stop();
        await folder.Server.StartAsync();
        await folder.SeenAsync(_new.Fingerprint);
    }

    [RealFact("nginx")]
    public async Task Key_of_another_kind_takes_over()
    {
        var rsa = IssuedChain.Of(NginxFolder.Name, rsaBits: 2048);
        using var folder = await NginxFolder.StartAsync("127.0.0.2", _old);

        await folder.DeployAsync(rsa);
        await folder.SeenAsync(rsa.Fingerprint);
        await folder.DeployAsync(_new);
        await folder.SeenAsync(_new.Fingerprint);
    }

    [RealFact("nginx")]
    public async Task Broken_configuration_blocks_and_nothing_is_touched()
    {
        using var folder = await NginxFolder.StartAsync("127.0.0.2", _old);
        folder.Server.BreakConfiguration();
        var before = await folder.EntriesAsync();

        using var reading = await folder.ReadAsync();
        var failure = await Assert.ThrowsAsync<Permanent>(() => folder.DeployAsync(_new));

        var refusal = Assert.Single(reading.Refusals);
        Assert.Equal("target.test-failed", refusal.Code);
        Assert.Contains("""unknown directive "no_such_directive" in""", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("target.test-failed", failure.Code);
        Assert.Equal(before, await folder.EntriesAsync());
        await folder.SeenAsync(_old.Fingerprint);

        folder.Server.MendConfiguration();
        await folder.DeployAsync(_new);
        await folder.SeenAsync(_new.Fingerprint);
    }

    [RealFact("nginx")]
    public async Task Certificate_that_nginx_refuses_is_found_before_the_reload_and_taken_back()
    {
        // Below what OpenSSL takes at its usual security level, which only nginx itself can say.
        var weak = IssuedChain.Of(NginxFolder.Name, rsaBits: 1024);
        using var folder = await NginxFolder.StartAsync("127.0.0.2", _old);
        using var reading = await folder.ReadAsync();
        var certificate = await File.ReadAllBytesAsync(folder.CertificatePath);
        var key = await File.ReadAllBytesAsync(folder.KeyPath);

        var failure = await Assert.ThrowsAsync<Permanent>(() => folder.DeployAsync(weak));
        Assert.Equal("target.test-failed", failure.Code);
        Assert.Contains("key too small", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("signal process started", folder.Server.ErrorLog, StringComparison.Ordinal);

        var restored = await folder.RestoreAsync(reading);
        Assert.All(Assert.IsType<DeployResult.Bound>(restored).Outcomes, outcome => Assert.True(outcome.Succeeded));
        Assert.Equal(certificate, await File.ReadAllBytesAsync(folder.CertificatePath));
        Assert.Equal(key, await File.ReadAllBytesAsync(folder.KeyPath));
        await folder.SeenAsync(_old.Fingerprint);
    }

    [RealFact("nginx")]
    public async Task Crash_between_the_two_renames_harms_nobody_and_the_repeat_finishes()
    {
        using var folder = await NginxFolder.StartAsync("127.0.0.2", _old);
        await File.WriteAllTextAsync(folder.KeyPath, _new.KeyPem + "\n");
        await folder.SeenAsync(_old.Fingerprint);

        await folder.DeployAsync(_new);

        await folder.SeenAsync(_new.Fingerprint);
    }

    [RealFact("nginx")]
    public async Task Crash_between_renames_and_reload_is_made_good_by_the_repeat()
    {
        using var folder = await NginxFolder.StartAsync("127.0.0.2", _old);
        await folder.DeployAsync(_new);
        await folder.SeenAsync(_new.Fingerprint);
        _old.Write(folder.CertificatePath, folder.KeyPath);
        var before = await folder.EntriesAsync();
        await folder.SeenAsync(_new.Fingerprint);

        await folder.DeployAsync(_old);

        await folder.SeenAsync(_old.Fingerprint);
        Assert.Equal(before, await folder.EntriesAsync());
    }

    [RealFact("nginx")]
    public async Task Server_that_does_not_run_fails_the_reload_and_the_restore_says_so()
    {
        using var folder = await NginxFolder.StartAsync("127.0.0.2", _old);
        using var reading = await folder.ReadAsync();
        folder.Server.Stop();

        var failure = await Assert.ThrowsAsync<Permanent>(() => folder.DeployAsync(_new));
        var restored = await folder.RestoreAsync(reading);

        Assert.Equal("target.reload-failed", failure.Code);
        var outcome = Assert.Single(Assert.IsType<DeployResult.Bound>(restored).Outcomes);
        Assert.Equal((false, "target.reload-failed"), (outcome.Succeeded, outcome.Code));
        await folder.Server.StartAsync();
        await folder.SeenAsync(_old.Fingerprint);
    }
}
