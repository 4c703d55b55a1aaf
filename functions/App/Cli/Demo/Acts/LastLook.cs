namespace Certrelay.App.Cli.Demo.Acts;

/// <summary>All sites once more, so that nothing changed after it was proved.</summary>
internal sealed class LastLook(DemoStage stage) : IAct
{
    public string Title => "Every site once more";

    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        foreach (var site in stage.Sites)
            await stage.Watch.ProveAsync(site, stage.EndOf(site).Fingerprint, cancellationToken);
    }
}
