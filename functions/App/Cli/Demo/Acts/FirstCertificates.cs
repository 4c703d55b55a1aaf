namespace Certrelay.App.Cli.Demo.Acts;

/// <summary>Each site serves its first certificate, and one of these is about to expire.</summary>
internal sealed class FirstCertificates(DemoStage stage) : IAct
{
    private const int Soon = 7;

    public string Title => "Three TLS sites serve, one certificate ends soon";

    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        foreach (var site in stage.Sites)
        {
            var (first, days) = (site.First.Fingerprint, site.First.DaysLeft(stage.Time.GetUtcNow()));
            await stage.Watch.ProveAsync(site, first, cancellationToken);
            var address = $"127.0.0.1:{site.Port}";
            var proof = days <= Soon ? $"{address}, {days} days left" : address;
            stage.Table.Add(new SiteShown(site.Name, address, first, days, "serving", first, proof));
        }

        if (stage.Sites.Count(site => site.First.DaysLeft(stage.Time.GetUtcNow()) <= Soon) != 1)
            throw new ActFailedException("Not exactly one certificate is about to expire.");
        stage.Screen.Show(new FactShown($"Certrelay runs at {stage.Address}"));
    }
}
