using Certrelay.App.Cli.Demo.Acts;
using Certrelay.App.Cli.Demo.Screens;

namespace Certrelay.App.Cli.Demo;

/// <summary>The story from the first act to the last: true only if every act really happened and the sites stayed as the story left them.</summary>
internal sealed class DemoStory(DemoFolder folder, IDemoScreen screen, TimeProvider time)
{
    /// <summary>Tells the story; false when an act did not happen, which the screen has said then.</summary>
    public async Task<bool> TellAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var ok = await PlayAsync(cancellationToken);
        screen.Show(new StoryEnded(ok, Math.Round(time.GetElapsedTime(started).TotalSeconds, 1), Next(ok)));
        return ok;
    }

    private async Task<bool> PlayAsync(CancellationToken cancellationToken)
    {
        await using var stage = await DemoStage.SetAsync(folder, screen, time, cancellationToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stage.Watch.Found);
        IAct[] acts =
        [
            new FirstCertificates(stage), new BadUpload(stage), new GoodUpload(stage), new Registration(stage),
            new Rollout(stage), new Proof(stage), new AuditTrail(stage), new LastLook(stage),
        ];
        foreach (var (place, act) in acts.Index())
        {
            var number = place + 1;
            screen.Show(new ActBegun(number, acts.Length, act.Title));
            if (await FaultAsync(act, stage.Watch, either.Token, cancellationToken) is { } fault)
            {
                screen.Show(new ActFailed(number, acts.Length, act.Title, fault));
                return false;
            }

            screen.Show(new ActDone(number, acts.Length, act.Title));
        }

        return true;
    }

    /// <summary>Why the act did not happen; null when it did.</summary>
    private static async Task<string?> FaultAsync(IAct act, SiteWatch watch, CancellationToken either, CancellationToken cancellationToken)
    {
        try
        {
            await act.PlayAsync(either);
            return watch.Fault;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it was, the act did not happen. A certificate from elsewhere is the cause of whatever failed because of it.
            return watch.Fault ?? fault.Message;
        }
    }

    private IReadOnlyList<string> Next(bool ok)
    {
        string[] kept = folder.IsKept ? [$"Files, keys, database and warnings of this story are kept in {folder.Root}"] : [];
        return ok
            ? [.. kept, "Start your own with: certrelay serve", "The first upload, target and rollout are in README.md"]
            : [.. kept, .. folder.IsKept ? [] : new[] { "Keep the evidence with: certrelay demo --data <new folder>" }];
    }
}
