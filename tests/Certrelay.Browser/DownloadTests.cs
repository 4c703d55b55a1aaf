using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using Certrelay.Browser.Support;
using Certrelay.RealParts.Support;
using Microsoft.Playwright;

namespace Certrelay.Browser;

/// <summary>A certificate as a file and a request for its successor, with a keyboard alone, for whoever may.</summary>
public sealed class DownloadTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Certificate = "shop-example-com";

    [RealFact(Chromium.Program)]
    public async Task A_certificate_is_downloaded_and_its_successor_requested_by_those_who_may()
    {
        await using var scene = await Scene.StartAsync();
        await scene.App.UploadAsync(Certificate, scene.New);
        await using var visit = await chromium.VisitAsync(scene.App.Address, 390);
        await visit.SignInAsync(scene.App.Token);
        await GoAsync(visit);

        await visit.TabToAsync("button Download");
        await visit.PressAsync("Enter");
        await visit.SeesAsync("Say why");
        await visit.TypeAsync("a new server");
        var download = await visit.Page.RunAndWaitForDownloadAsync(() => visit.PressAsync("Enter"));
        Assert.StartsWith(Certificate, download.SuggestedFilename, StringComparison.Ordinal);
        await using (var archive = await ZipFile.OpenReadAsync(await download.PathAsync()))
            Assert.Contains(archive.Entries, static entry => entry.Name.EndsWith(".key", StringComparison.Ordinal) || entry.Name.Contains("privkey", StringComparison.Ordinal));
        await visit.SeesAsync("was handed to the browser");
        await visit.LookAsync("download-1-done");

        await visit.TabToAsync("Make a request");
        await visit.PressAsync("Enter");
        await visit.SeesAsync("BEGIN CERTIFICATE REQUEST");
        await visit.LookAsync("download-2-request");
        Assert.Single((await scene.App.SendAsync(HttpMethod.Get, $"/api/certificates/{Certificate}/csr")).Body!["items"]!.AsArray());
        visit.AssertQuiet(scene.App.Address, scene.App.Token);

        using var order = JsonContent.Create(new { description = "looks on", roles = new[] { "viewer" } });
        var (status, viewer) = await scene.App.SendAsync(HttpMethod.Post, "/api/tokens", order);
        Assert.Equal(HttpStatusCode.Created, status);
        await using var other = await chromium.VisitAsync(scene.App.Address, 390);
        await other.SignInAsync((string)viewer!["token"]!);
        await GoAsync(other);
        Assert.Equal(0, await other.Page.GetByRole(AriaRole.Button, new() { Name = "Download", Exact = true }).CountAsync());
        Assert.Equal(0, await other.Page.GetByRole(AriaRole.Button, new() { Name = "Make a request", Exact = true }).CountAsync());
        await other.LookAsync("download-3-viewer");
        other.AssertQuiet(scene.App.Address, (string)viewer["token"]!);
    }

    private static async Task GoAsync(Visit visit)
    {
        await visit.Page.EvaluateAsync($"() => {{ location.hash = '#/certificates/{Certificate}'; }}");
        await visit.AtAsync(Certificate);
    }
}
