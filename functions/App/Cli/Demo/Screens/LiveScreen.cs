using Spectre.Console;
using Spectre.Console.Rendering;

namespace Certrelay.App.Cli.Demo.Screens;

/// <summary>A terminal: what is over scrolls by, and below it the table of sites and the progress stay in place.</summary>
internal sealed class LiveScreen(IAnsiConsole console, TimeProvider time) : IDemoScreen
{
    private const int BarWidth = 16;
    private const int StateWidth = 11;
    private const int ProofWidth = 28;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly StoryLines _lines = new(console, fillsLines: true);
    private readonly Dictionary<string, SiteShown> _sites = new(StringComparer.Ordinal);
    private readonly long _started = time.GetTimestamp();
    private StoryEnded? _end;
    private ActBegun? _act;

    public void Show(DemoEvent happened)
    {
        lock (_lock)
        {
            switch (happened)
            {
                case ActBegun act:
                    _act = act;
                    break;
                case SiteShown site:
                    _sites[site.Site] = site;
                    break;
                case StoryEnded end:
                    _end = end;
                    break;
                default:
                    _lines.Show(happened);
                    break;
            }
        }
    }

    public async Task<bool> DuringAsync(Func<Task<bool>> story)
    {
        var ok = await console.Live(new Text("")).StartAsync(async context =>
        {
            var told = story();
            while (!told.IsCompleted)
            {
                Draw(context);
                await Task.WhenAny(told, Task.Delay(Tick, time, CancellationToken.None));
            }

            Draw(context);
            return await told;
        });
        if (_end is { } end)
            _lines.Show(end);
        return ok;
    }

    private void Draw(LiveDisplayContext context)
    {
        lock (_lock)
            context.UpdateTarget(new Rows(Sites(), Progress()));
    }

    private IRenderable Sites()
    {
        if (_sites.Count == 0)
            return new Text("");
        var table = new Table { Border = TableBorder.Rounded, BorderStyle = new Style(Color.Grey) };
        table.AddColumns("site", "before", "state", "now", "proof");
        // Fixed, so that the table does not jump with every word in it.
        table.Columns[2].Width = StateWidth;
        table.Columns[4].Width = ProofWidth;
        foreach (var site in _sites.Values)
        {
            var now = site.Now == site.Before ? site.Now.Prefix : $"[green]{site.Now.Prefix}[/]";
            table.AddRow(site.Site, site.Before.Prefix, Coloured(site.State), now, Markup.Escape(site.Proof));
        }

        return table;
    }

    private Markup Progress()
    {
        var (done, of) = _act is null ? (0, 1) : (_act.Number - (_end is { Ok: true } ? 0 : 1), _act.Of);
        var now = _end is null ? _act?.Title ?? "Setting the stage" : "";
        var filled = BarWidth * done / of;
        var bar = console.Profile.Capabilities.Unicode ? '━' : '=';
        var seconds = _end?.Seconds ?? time.GetElapsedTime(_started).TotalSeconds;
        var (past, ahead) = (new string(bar, filled), new string(bar, BarWidth - filled));
        return new Markup($"[green]{past}[/][grey]{ahead}[/] {seconds,4:0.0} s  {Markup.Escape(now)}");
    }

    private static string Coloured(string state) => state switch
    {
        "verified" => "[green]verified[/]",
        "restoring" or "rolled-back" => $"[yellow]{state}[/]",
        "serving" or "registered" => $"[grey]{state}[/]",
        _ => $"[blue]{Markup.Escape(state)}[/]",
    };
}
