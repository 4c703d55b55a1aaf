using Certrelay.RealParts.Support;
using Microsoft.Playwright;

namespace Certrelay.Browser.Support;

/// <summary>Debian's Chromium, driven by Playwright; one for all tests of a class.</summary>
public sealed class Chromium : IAsyncLifetime
{
    public const string Program = "chromium";

    // The last five keep the browser from talking to anybody by itself.
    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (Installed.WhyNot([Program]) is not null)
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Installed.PathOf(Program), Args = Arguments });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Opens the page of a host in a window of its own.</summary>
    internal Task<Visit> VisitAsync(Uri address, int width, int height = 844, ColorScheme colours = ColorScheme.Light) =>
        Visit.OpenAsync(_browser!, address, new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = colours,
            ReducedMotion = ReducedMotion.Reduce,
            TimezoneId = "UTC",
        });
}
