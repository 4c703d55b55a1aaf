namespace Certrelay.App.Cli.Demo.Acts;

/// <summary>Handshakes and files of every site say the same as the API, and no private key lies in clear in the product's data.</summary>
internal sealed class Proof(DemoStage stage) : IAct
{
    public string Title => "Own handshakes and the files on disk agree";

    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        foreach (var site in stage.Sites)
        {
            await stage.Watch.ProveAsync(site, stage.EndOf(site).Fingerprint, cancellationToken);
            stage.Table.Change(site, line => line with { Proof = site == stage.Broken ? "old pair: served, on disk" : "new pair: served, on disk" });
        }

        // The former keys count too: they went into the vault as what a restore needs.
        DemoPair[] secrets = [stage.New, .. stage.Sites.Select(static site => site.First)];
        var files = await ClearKeys.SearchAsync(stage.Folder.Data, secrets, cancellationToken);
        stage.Screen.Show(new FactShown($"No private key lies in clear in the {files} files of the data folder"));
    }
}
