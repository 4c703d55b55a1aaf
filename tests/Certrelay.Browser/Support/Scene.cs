using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Certrelay.App;
using Certrelay.Outgoing;
using Certrelay.RealParts.Support;
using Certrelay.Targets.Local;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;

namespace Certrelay.Browser.Support;

/// <summary>The whole product on loopback, and a TLS site that serves a former certificate until somebody rolls another one out.</summary>
internal sealed class Scene : IAsyncDisposable
{
    public const string Host = "shop.example.com";
    public const string Target = "web-a";

    private readonly TemporaryFolder _folder = new();

    private Scene()
    {
        var site = Directory.CreateDirectory(_folder["sites/web-a"]).FullName;
        IssuedChain.Of(Host).Write(Path.Combine(site, "fullchain.pem"), Path.Combine(site, "privkey.pem"));
        Site = new TlsFileSite(site);
        File.WriteAllText(PemFile, New.UploadPem());
    }

    public RunningApp App { get; private set; } = null!;

    public TlsFileSite Site { get; }

    /// <summary>What is uploaded and rolled out.</summary>
    public IssuedChain New { get; } = IssuedChain.Of(Host);

    public string PemFile => _folder["shop.pem"];

    public static async Task<Scene> StartAsync()
    {
        var scene = new Scene();
        scene.App = await RunningApp.StartAsync(new Settings
        {
            DataFolder = scene._folder["data"],
            Outgoing = new OutgoingOptions { AllowLoopbackEndpoints = true },
            Local = new LocalOptions
            {
                Roots = new Dictionary<string, string> { ["sites"] = scene._folder["sites"] },
                Commands = new Dictionary<string, LocalCommand> { ["reload"] = new() { Argv = ["/bin/sh", "-c", $"echo reloaded >> '{scene._folder["sites/web-a/reloads"]}'"] } },
            },
        });
        return scene;
    }

    /// <summary>Registers the site as a target of a certificate.</summary>
    public Task RegisterAsync(string certificate, int windowSeconds = 60) => App.TargetAsync(new
    {
        name = Target,
        kind = "directory",
        settings = new { root = "sites", folder = "web-a", reload = "reload" },
        certificate,
        owner = "web team",
        endpoints = new[] { new { host = Host, port = Site.Port, addresses = (string[])["127.0.0.1"] } },
        windowSeconds,
    });

    /// <summary>Uploads other certificates that end after so many days, so that lists and pictures have something to show.</summary>
    public async Task FillAsync(params IEnumerable<int> days)
    {
        using var root = TestCertificates.Root();
        using var issuer = root.IssueAuthority("Test Intermediate");
        foreach (var (number, day) in days.Index())
        {
            var now = TimeProvider.System.GetUtcNow();
            var name = string.Create(CultureInfo.InvariantCulture, $"api-{number}.example.net");
            using var leaf = issuer.Issue(new TestCertificateOptions { Names = [name], NotBefore = now.AddDays(day - 90), NotAfter = now.AddDays(day) });
            using var pem = new StringContent(leaf.FullChainPem + leaf.KeyPem, new MediaTypeHeaderValue("application/x-pem-file"));
            var (status, body) = await App.SendAsync(HttpMethod.Post, "/api/certificates", pem);
            Assert.True(status is HttpStatusCode.Created, $"{status} {body}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Site.DisposeAsync();
        _folder.Dispose();
    }
}
