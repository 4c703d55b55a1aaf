using System.Net;

namespace Certrelay.App.Cli.Demo.Acts;

/// <summary>A good certificate is taken once, and the same one again changes nothing.</summary>
internal sealed class GoodUpload(DemoStage stage) : IAct
{
    public string Title => "A good upload is taken; again it changes nothing";

    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        var pem = stage.New.FullChainPem + stage.New.KeyPem;
        (await stage.Api.UploadAsync(DemoStage.Certificate, pem, cancellationToken)).Expect(HttpStatusCode.Created, "The upload");
        (await stage.Api.UploadAsync(DemoStage.Certificate, pem, cancellationToken)).Expect(HttpStatusCode.OK, "The same upload again");
        var names = string.Join(", ", stage.Sites.Select(static site => site.ServerName));
        stage.Screen.Show(new FactShown($"{stage.New.Fingerprint.Prefix} for {names}"));
    }
}
