using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace Certrelay.Browser.Support;

/// <summary>Somebody at the page who has a keyboard and nothing else. What the browser complains of, and whom it talks to, is kept.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private const int MostStops = 80;

    // Where the focus is, as a reader of the screen would name it, and whether an eye finds it there.
    private const string Focus = """
        () => {
          const node = document.activeElement;
          const look = getComputedStyle(node);
          const box = node.getBoundingClientRect();
          const label = node.getAttribute('aria-label') ?? node.labels?.[0]?.textContent ?? node.textContent;
          return {
            name: `${node.localName} ${label}`.trim().slice(0, 80),
            seen: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0 && box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.left >= 0 && box.right <= innerWidth + 1,
          };
        }
        """;

    private readonly IBrowserContext _context;

    private Visit(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }

    /// <summary>Errors and warnings of the console, faults of scripts and breaches of the content security policy.</summary>
    public ConcurrentQueue<string> Complaints { get; } = [];

    /// <summary>The origin of every request.</summary>
    public ConcurrentDictionary<string, bool> Origins { get; } = [];

    /// <summary>Every address that was asked for.</summary>
    public ConcurrentQueue<string> Addresses { get; } = [];

    public static async Task<Visit> OpenAsync(IBrowser browser, Uri address, BrowserNewContextOptions options)
    {
        var context = await browser.NewContextAsync(options);
        var page = await context.NewPageAsync();
        var visit = new Visit(context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                visit.Complaints.Enqueue($"{message.Type}: {message.Text} {message.Location}");
        };
        page.PageError += (_, fault) => visit.Complaints.Enqueue($"script: {fault}");
        page.Request += (_, request) =>
        {
            visit.Addresses.Enqueue(request.Url);
            visit.Origins[new Uri(request.Url).GetLeftPart(UriPartial.Authority)] = true;
        };
        // From the start: a key that opens a chooser before anybody listens opens the system's own, which no test can answer.
        page.FileChooser += static (_, _) => { };
        await page.AddInitScriptAsync("document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));");
        var answer = await page.GotoAsync(address.ToString());
        Assert.Contains("default-src 'none'; script-src 'self'", answer!.Headers["content-security-policy"], StringComparison.Ordinal);
        return visit;
    }

    /// <summary>Presses Tab until the focus is on what bears this name, and demands that it was to be seen at every stop.</summary>
    public async Task TabToAsync(string name)
    {
        var stops = new List<string>();
        for (var i = 0; i < MostStops; i++)
        {
            await Page.Keyboard.PressAsync("Tab");
            var at = await Page.EvaluateAsync<JsonElement>(Focus);
            var stop = at.GetProperty("name").GetString()!;
            stops.Add(stop);
            // Behind the last stop the browser itself has the focus once.
            Assert.True(stop.StartsWith("body", StringComparison.Ordinal) || at.GetProperty("seen").GetBoolean(), $"The focus on '{stop}' cannot be seen.");
            if (stop == name || stop.EndsWith(' ' + name, StringComparison.Ordinal))
                return;
        }

        Assert.Fail($"Tab never came to '{name}' but to: {string.Join(" · ", stops)}");
    }

    public Task PressAsync(string key) => Page.Keyboard.PressAsync(key);

    public Task TypeAsync(string text) => Page.Keyboard.InsertTextAsync(text);

    /// <summary>Waits until a view has this title.</summary>
    public Task AtAsync(string heading) => Assertions.Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = heading, Exact = true })).ToBeVisibleAsync(Patient);

    /// <summary>Waits until a text is shown.</summary>
    public Task SeesAsync(string text) => Assertions.Expect(Page.GetByText(text).First).ToBeVisibleAsync(Patient);

    /// <summary>Signs in from the first view.</summary>
    public async Task SignInAsync(string token)
    {
        await AtAsync("Sign in");
        await TypeAsync(token);
        await PressAsync("Enter");
        await AtAsync("Overview");
    }

    /// <summary>Nothing is wider than the window, and a picture of the view is kept where <c>SCREENSHOTS</c> names a folder.</summary>
    public async Task LookAsync(string name)
    {
        Assert.Equal(0, await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
    }

    /// <summary>The browser had nothing to complain of, spoke to the host alone, and the token stood in no address.</summary>
    public void AssertQuiet(Uri host, string token)
    {
        Assert.Empty(Complaints);
        AssertKept(host, token);
    }

    /// <summary>The browser spoke to the host alone, and the token stood in no address.</summary>
    public void AssertKept(Uri host, string token)
    {
        Assert.Equal([host.GetLeftPart(UriPartial.Authority)], Origins.Keys);
        Assert.DoesNotContain(Addresses, address => address.Contains(token, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    // A busy machine takes its time; nothing here is a measurement.
    private static LocatorAssertionsToBeVisibleOptions Patient { get; } = new() { Timeout = 60_000 };
}
