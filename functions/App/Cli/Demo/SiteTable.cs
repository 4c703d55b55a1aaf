using Certrelay.App.Cli.Demo.Screens;
using Certrelay.Certificates;

namespace Certrelay.App.Cli.Demo;

/// <summary>The lines of the table of sites; the story and the watch change them, and each change is shown once.</summary>
internal sealed class SiteTable(IDemoScreen screen)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SiteShown> _lines = new(StringComparer.Ordinal);

    public void Add(SiteShown line)
    {
        lock (_lock)
        {
            _lines.Add(line.Site, line);
            screen.Show(line);
        }
    }

    /// <summary>The leaf of the last handshake with a site that has its line.</summary>
    public Fingerprint Now(DemoSite site)
    {
        lock (_lock)
            return _lines[site.Name].Now;
    }

    public void Change(DemoSite site, Func<SiteShown, SiteShown> change)
    {
        lock (_lock)
        {
            if (!_lines.TryGetValue(site.Name, out var before) || change(before) is var after && after == before)
                return;
            _lines[site.Name] = after;
            screen.Show(after);
        }
    }
}
