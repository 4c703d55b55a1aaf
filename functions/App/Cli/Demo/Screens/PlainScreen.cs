using Spectre.Console;

namespace Certrelay.App.Cli.Demo.Screens;

/// <summary>Plain lines of at most 80 columns, for logs and pipes.</summary>
internal sealed class PlainScreen : IDemoScreen
{
    private const int Columns = 80;

    private readonly Lock _lock = new();
    private readonly StoryLines _lines;

    public PlainScreen(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = Columns;
        _lines = new StoryLines(console, fillsLines: false);
    }

    public void Show(DemoEvent happened)
    {
        lock (_lock)
        {
            if (happened is ActBegun act)
                _lines.Print($"[[{act.Number}/{act.Of}]] {Markup.Escape(act.Title)}");
            else if (happened is SiteShown site)
                _lines.Print(LineOf(site));
            else
                _lines.Show(happened);
        }
    }

    public Task<bool> DuringAsync(Func<Task<bool>> story) => story();

    private static string LineOf(SiteShown site) =>
        Markup.Escape($"      {site.Site,-6} {site.Before.Prefix} -> {site.Now.Prefix}  {site.State,-12} {site.Proof}".TrimEnd());
}
