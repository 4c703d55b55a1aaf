using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Certrelay.App.Cli.Demo.Acts;

/// <summary>
/// One rollout to all sites: two are verified by handshakes, and the one whose reload fails gets back what it had, without anyone asking.
/// </summary>
internal sealed class Rollout(DemoStage stage) : IAct
{
    private const string Verified = "verified";
    private const string RolledBack = "rolled-back";
    private const string ReloadFailed = "target.reload-failed";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public string Title => "A rollout: two sites verified, one restored by itself";

    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        foreach (var site in stage.Sites)
            stage.Watch.Allow(site, site.First.Fingerprint, stage.New.Fingerprint);
        var request = new JsonObject { ["certificate"] = DemoStage.Certificate, ["reason"] = "The certificate of the shop is about to expire" };
        var answer = (await stage.Api.PostAsync("api/rollouts", request, cancellationToken)).Expect(HttpStatusCode.Accepted, "The rollout");
        var path = answer.Location?.ToString() ?? throw new ActFailedException("The answer to the rollout does not say where to follow it.");
        var rollout = await SettledAsync(path, cancellationToken);

        foreach (var site in stage.Sites)
        {
            var step = StepOf(rollout, site) ?? throw new ActFailedException($"The rollout has no step for site {site.Name}.");
            Judge(site, step);
            stage.Watch.Allow(site, stage.EndOf(site).Fingerprint);
        }
    }

    private void Judge(DemoSite site, Step step)
    {
        var expected = site == stage.Broken ? RolledBack : Verified;
        if (step.Baseline.FirstOrDefault(leaf => leaf != site.First.Fingerprint.Hex) is { } foreign)
            throw new ActFailedException($"Site {site.Name} served {foreign} before the deployment, expected {site.First.Fingerprint}.");
        if (step.State != expected)
        {
            throw new ActFailedException(
                $"Site {site.Name} serves {stage.Table.Now(site)}, expected {stage.EndOf(site).Fingerprint}: " +
                $"its step ended {step.State} instead of {expected}. {step.Message}");
        }

        if (site == stage.Broken && step.Code != ReloadFailed)
            throw new ActFailedException($"Site {site.Name} was restored for {step.Code}, not because its reload failed.");
    }

    private async Task<JsonElement> SettledAsync(string path, CancellationToken cancellationToken)
    {
        var started = stage.Time.GetTimestamp();
        while (stage.Time.GetElapsedTime(started) < Patience)
        {
            var rollout = (await stage.Api.GetAsync(path, cancellationToken)).Expect(HttpStatusCode.OK, "Asking for the rollout").Body;
            foreach (var site in stage.Sites)
            {
                if (StepOf(rollout, site) is { } step)
                    stage.Table.Change(site, line => line with { State = step.State, Proof = Explain(step) });
            }

            if (rollout.GetProperty("state").GetString() != "running")
                return rollout;
            await Task.Delay(Interval, stage.Time, cancellationToken);
        }

        throw new ActFailedException($"The rollout did not settle within {Patience.TotalSeconds:0} s.");
    }

    private static string Explain(Step step) => step.State switch
    {
        "reading" => "looking at what is there",
        "deploying" => "writing files, reloading",
        "verifying" => "handshakes look for it",
        "restoring" => "reload failed, restoring",
        Verified => "handshakes show it",
        RolledBack => "reload failed, restored",
        _ => "",
    };

    private static Step? StepOf(JsonElement rollout, DemoSite site)
    {
        foreach (var step in rollout.GetProperty("steps").EnumerateArray())
        {
            if (step.GetProperty("target").GetString() == site.Name)
                return new Step(step.GetProperty("state").GetString()!, TextOf(step, "code"), TextOf(step, "message"), BaselineOf(step));
        }

        return null;
    }

    private static string? TextOf(JsonElement step, string name) => step.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static List<string?> BaselineOf(JsonElement step) =>
        [.. step.GetProperty("baseline").EnumerateArray().Select(static sighting => TextOf(sighting, "leaf"))];

    private sealed record Step(string State, string? Code, string? Message, IReadOnlyList<string?> Baseline);
}
