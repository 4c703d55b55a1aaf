using System.Net;
using System.Net.Http.Json;
using Certrelay.Browser.Support;
using Certrelay.RealParts.Support;
using Microsoft.Playwright;

namespace Certrelay.Browser;

/// <summary>What the page tells somebody who only looks at it.</summary>
public sealed class WatchTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Certificate = "shop-example-com";

    [RealFact(Chromium.Program)]
    public async Task A_rollout_is_seen_to_wait_to_fail_and_to_need_somebody_without_a_key_being_pressed()
    {
        await using var scene = await Scene.StartAsync();
        scene.Site.IgnoresReloads = true;
        await scene.App.UploadAsync(Certificate, scene.New);
        await scene.RegisterAsync(Certificate, windowSeconds: 5);
        using var reason = JsonContent.Create(new { reason = "quarter end" });
        Assert.Equal(HttpStatusCode.OK, (await scene.App.SendAsync(HttpMethod.Put, "/api/freeze", reason)).Status);
        var rollout = await scene.App.RollOutAsync(Certificate);
        await using var visit = await chromium.VisitAsync(scene.App.Address, 390, colours: ColorScheme.Dark);

        await visit.SignInAsync(scene.App.Token);
        await visit.SeesAsync("Rollouts are frozen");
        await visit.SeesAsync("waiting");
        await visit.LookAsync("watch-1-frozen");
        Assert.Equal(HttpStatusCode.NoContent, (await scene.App.SendAsync(HttpMethod.Delete, "/api/freeze?reason=closed")).Status);
        await visit.SeesAsync("No rollout is running.");
        await scene.App.WhenAsync(rollout, "rolled-back");
        await visit.SeesAsync("rollout failed");
        await visit.LookAsync("watch-2-failed");

        await visit.TabToAsync("Rollouts");
        await visit.PressAsync("Enter");
        await visit.AtAsync("Rollouts");
        await visit.LookAsync("watch-3-rollouts");
        await visit.TabToAsync($"{Certificate} version 1");
        await visit.PressAsync("Enter");
        await visit.SeesAsync("What was there before is back.");
        await visit.LookAsync("watch-4-rolled-back");
        visit.AssertQuiet(scene.App.Address, scene.App.Token);
    }

    [RealFact(Chromium.Program)]
    public async Task A_token_that_is_not_taken_is_not_kept_and_a_tab_that_is_loaded_anew_stays_signed_in()
    {
        await using var scene = await Scene.StartAsync();
        await using var visit = await chromium.VisitAsync(scene.App.Address, 390);

        await visit.AtAsync("Sign in");
        await visit.TypeAsync("no-such-token");
        await visit.PressAsync("Enter");
        await visit.SeesAsync("The token is not taken");
        Assert.Null(await visit.Page.EvaluateAsync<string?>("() => sessionStorage.getItem('certrelay-token')"));
        // The browser itself notes every answer of 401; nothing else is to be complained of.
        Assert.Contains("401", Assert.Single(visit.Complaints), StringComparison.Ordinal);
        await visit.LookAsync("token-1-refused");

        await visit.SignInAsync(scene.App.Token);
        await visit.SeesAsync("There is no certificate yet.");
        await visit.Page.ReloadAsync();
        await visit.AtAsync("Overview");
        Assert.Single(visit.Complaints);
        Assert.Equal(0, await visit.Page.EvaluateAsync<int>("() => localStorage.length + document.cookie.length"));
        visit.AssertKept(scene.App.Address, scene.App.Token);
    }

    [RealFact(Chromium.Program)]
    public async Task The_skip_link_leads_to_the_content_and_stays_on_the_view()
    {
        await using var scene = await Scene.StartAsync();
        await using var visit = await chromium.VisitAsync(scene.App.Address, 390);
        await visit.SignInAsync(scene.App.Token);
        await visit.Page.ReloadAsync();
        await visit.AtAsync("Overview");

        await visit.TabToAsync("Skip to the content");
        await visit.PressAsync("Enter");

        Assert.Equal("main", await visit.Page.EvaluateAsync<string>("() => document.activeElement.id"));
        await visit.TabToAsync("Find a certificate");
        await visit.AtAsync("Overview");
        visit.AssertQuiet(scene.App.Address, scene.App.Token);
    }
}
