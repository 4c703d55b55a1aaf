using System.Text;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Tests.Alerts;
using Certrelay.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Tests.Rollouts;

/// <summary>Rollouts of certificates that came without their intermediate.</summary>
public sealed class IncompleteChainTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificate _authority = TestCertificates.Root().IssueAuthority("Test Intermediate");
    private HttpReceiver _receiver = null!;

    [Fact]
    public async Task A_rollout_waits_until_the_intermediate_was_fetched()
    {
        var asked = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        _receiver.Answer = async (_, response) =>
        {
            asked.SetResult();
            await goOn.Task;
            await response.Body.WriteAsync(_authority.Der);
        };
        await using var bench = new RolloutBench(_folder["bench"], static services => services.AddSingleton(new OutgoingGuard(new OutgoingOptions { Allow = ["127.0.0.0/8"], AllowLoopbackEndpoints = true })));
        await bench.StartAsync();
        await PrepareAsync(bench);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var rollout = await bench.RollOutAsync("shop");
        await bench.SettledAsync(rollout, static summary => summary.Steps.Any(static step => step.Moment > step.Settled.GetValueOrDefault() && step.State is StepState.Reading));
        goOn.SetResult();
        var summary = await bench.SettledAsync(rollout);

        Assert.Equal(StepState.Bound, Assert.Single(summary.Steps).State);
        Assert.Contains(_authority.Pem.Trim(), await File.ReadAllTextAsync(Path.Combine(bench.Folder, "sites", "site-0", "fullchain.pem")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_intermediate_a_version_is_blocked_unless_somebody_allows_it()
    {
        await using var bench = new RolloutBench(_folder["bench"]);
        await bench.StartAsync();
        await PrepareAsync(bench);

        var blocked = Assert.Single((await bench.SettledAsync(await bench.RollOutAsync("shop"))).Steps);
        var allowed = Assert.Single((await bench.SettledAsync(await bench.RollOutAsync("shop", null, "target.chain"))).Steps);

        Assert.Equal((StepState.Blocked, "target.chain", StepState.Bound), (blocked.State, blocked.Code, allowed.State));
        Assert.Empty(_receiver.Requests);
    }

    public async Task InitializeAsync() => _receiver = await HttpReceiver.StartAsync();

    public async Task DisposeAsync()
    {
        await _receiver.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    private async Task PrepareAsync(RolloutBench bench)
    {
        using var leaf = _authority.Issue(new TestCertificateOptions { Names = [RolloutBench.Host], IssuerUrl = $"{_receiver.Url}/i.cer" });
        bench.Site("site-0");
        using var inspection = await bench.Get<UploadInspector>().InspectAsync(
            [Encoding.ASCII.GetBytes(leaf.Pem + leaf.KeyPem)], new InspectionOptions { Now = TimeProvider.System.GetUtcNow() }, default);
        await bench.Get<CertificateUploads>().StoreAsync("shop", inspection, new LineageDetails(), default);
        await bench.TargetAsync("site-0", "shop", []);
    }
}
