namespace Certrelay.App.Cli.Demo.Acts;

/// <summary>All sites a while longer under the watch and then once more, so that nothing changed after it was proved.</summary>
internal sealed class LastLook(DemoStage stage) : IAct
{
    private static readonly TimeSpan While = TimeSpan.FromSeconds(2);

    public string Title => "Every site once more, two seconds later";

    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(While, stage.Time, cancellationToken);
        foreach (var site in stage.Sites)
            await stage.Watch.ProveAsync(site, stage.EndOf(site).Fingerprint, cancellationToken);
    }
}
