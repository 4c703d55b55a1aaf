using System.Net;
using System.Text.Json.Nodes;

namespace Certrelay.App.Cli.Demo.Acts;

/// <summary>Each site becomes a target: its folder, its reload command, and the endpoint where clients see it.</summary>
internal sealed class Registration(DemoStage stage) : IAct
{
    // Far more than a reload takes, and the end of the story if a site never shows what it should.
    private const int WindowSeconds = 10;

    public string Title => "The three sites are registered as targets";

    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        foreach (var site in stage.Sites)
        {
            (await stage.Api.PostAsync("api/targets", Describe(site), cancellationToken)).Expect(HttpStatusCode.Created, $"Registering {site.Name}");
            stage.Table.Change(site, static line => line with { State = "registered" });
        }
    }

    private static JsonObject Describe(DemoSite site) => new()
    {
        ["name"] = site.Name,
        ["kind"] = "directory",
        ["settings"] = new JsonObject { ["root"] = "sites", ["folder"] = site.Name, ["reload"] = DemoHost.ReloadOf(site) },
        ["certificate"] = DemoStage.Certificate,
        ["endpoints"] = new JsonArray(new JsonObject { ["host"] = "127.0.0.1", ["port"] = site.Port, ["serverName"] = site.ServerName }),
        ["windowSeconds"] = WindowSeconds,
    };
}
