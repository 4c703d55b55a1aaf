using Certrelay.Browser.Support;
using Certrelay.RealParts.Support;
using Microsoft.Playwright;

namespace Certrelay.Browser;

/// <summary>What somebody does at the page, from the first token to a certificate that is served, with a keyboard alone.</summary>
public sealed class JourneyTests(Chromium chromium) : IClassFixture<Chromium>
{
    [RealTheory(Chromium.Program)]
    [InlineData("phone", 390, ColorScheme.Light)]
    [InlineData("desk", 1280, ColorScheme.Dark)]
    public async Task A_certificate_is_uploaded_found_and_rolled_out_until_it_is_verified(string name, int width, ColorScheme colours)
    {
        await using var scene = await Scene.StartAsync();
        await scene.FillAsync(3, 12, 12, 20, 33, 34, 35, 61, 62, 75, 80, 80, 80, 80, 81);
        await using var visit = await chromium.VisitAsync(scene.App.Address, width, colours: colours);
        await visit.LookAsync($"{name}-1-sign-in");
        await visit.SignInAsync(scene.App.Token);
        await visit.LookAsync($"{name}-2-overview");

        await visit.TabToAsync("Upload");
        await visit.PressAsync("Enter");
        await visit.AtAsync("Upload a certificate");
        await visit.TabToAsync("Or the text");
        await visit.TypeAsync(scene.New.KeyPem.Replace("PRIVATE", "PUBLIC", StringComparison.Ordinal));
        await visit.TabToAsync("Check only");
        await visit.PressAsync("Enter");
        await visit.SeesAsync("Refused:");
        await visit.LookAsync($"{name}-3-refused");

        await visit.TabToAsync("Or the text");
        await visit.PressAsync("Control+A");
        await visit.PressAsync("Delete");
        await visit.TabToAsync("Files");
        var chooser = await visit.Page.RunAndWaitForFileChooserAsync(() => visit.PressAsync("Enter"));
        await chooser.SetFilesAsync(scene.PemFile);
        await visit.TabToAsync("button Upload");
        await visit.PressAsync("Enter");
        await visit.SeesAsync("A new certificate");
        await visit.LookAsync($"{name}-4-uploaded");
        await scene.RegisterAsync("shop-example-com");

        await visit.TabToAsync("Overview");
        await visit.PressAsync("Enter");
        await visit.AtAsync("Overview");
        await visit.TabToAsync("Find a certificate");
        await visit.TypeAsync("example.com");
        await visit.PressAsync("Enter");
        await visit.AtAsync("Certificates");
        await visit.SeesAsync("1 certificate for “example.com”");
        await visit.LookAsync($"{name}-5-found");
        await visit.TabToAsync("shop-example-com");
        await visit.PressAsync("Enter");
        await visit.AtAsync("shop-example-com");
        await visit.SeesAsync("nothing rolled out yet");
        await visit.LookAsync($"{name}-6-certificate");

        await visit.TabToAsync("Start the rollout");
        await visit.PressAsync("Enter");
        await visit.SeesAsync("Say why");
        await visit.TypeAsync("renewed for the new year");
        await visit.PressAsync("Enter");
        await visit.AtAsync("Rollout of shop-example-com");
        await visit.LookAsync($"{name}-7-rollout");
        await visit.SeesAsync("The new certificate was seen at every address.");
        await visit.TabToAsync("Journal of web-a");
        await visit.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator(".where .state")).ToHaveTextAsync("verified");
        await Assertions.Expect(visit.Page.Locator("#live")).ToContainTextAsync("verified");
        await Assertions.Expect(visit.Page.Locator(".journal li").First).ToBeVisibleAsync();
        await visit.LookAsync($"{name}-8-verified");

        await visit.TabToAsync("Sign out");
        await visit.PressAsync("Enter");
        await visit.AtAsync("Sign in");
        Assert.Null(await visit.Page.EvaluateAsync<string?>("() => sessionStorage.getItem('certrelay-token')"));
        visit.AssertQuiet(scene.App.Address, scene.App.Token);
    }
}
