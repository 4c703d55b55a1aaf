using System.Security.Cryptography;
using Certrelay.App.Cli.Demo.Screens;

namespace Certrelay.App.Cli.Demo;

/// <summary>Everything that the acts share: authority, sites, the running product, and the watch over the sites.</summary>
internal sealed class DemoStage : IAsyncDisposable
{
    /// <summary>The certificate that is rolled out.</summary>
    public const string Certificate = "demo-sites";

    private const int ExpiringDays = 3;
    private const int UsualDays = 40;
    private const int NewDays = 90;
    private const int ExpiredDays = 10;

    // In the order of the table: one that is about to expire, one as usual, one whose reload fails.
    private static readonly string[] Names = ["shop", "login", "files"];

    private readonly DemoHost _host;
    private readonly DemoAuthority _authority;

    private DemoStage(DemoFolder folder, IDemoScreen screen, TimeProvider time, DemoAuthority authority, IReadOnlyList<DemoSite> sites, DemoHost host)
    {
        (Folder, Screen, Time, Sites, _authority, _host) = (folder, screen, time, sites, authority, host);
        string[] names = [.. sites.Select(static site => site.ServerName)];
        New = authority.Issue(NewDays, names);
        Expired = authority.IssueWithIssuerAddress(-ExpiredDays, names);
        Other = authority.Issue(NewDays, names);
        Api = new DemoApi(host.Client);
        Table = new SiteTable(screen);
        Watch = new SiteWatch(sites, authority.Root, Table, time);
    }

    public DemoFolder Folder { get; }

    public IDemoScreen Screen { get; }

    public TimeProvider Time { get; }

    public IReadOnlyList<DemoSite> Sites { get; }

    /// <summary>The site whose reload fails.</summary>
    public DemoSite Broken => Sites[^1];

    /// <summary>The good certificate, for all sites.</summary>
    public DemoPair New { get; }

    /// <summary>One that expired a while ago.</summary>
    public DemoPair Expired { get; }

    /// <summary>A good one that lends its key to a bad upload.</summary>
    public DemoPair Other { get; }

    public Uri Address => _host.Address;

    public DemoApi Api { get; }

    public SiteTable Table { get; }

    public SiteWatch Watch { get; }

    /// <summary>What a site must serve once the story is told.</summary>
    public DemoPair EndOf(DemoSite site) => site == Broken ? site.First : New;

    public static async Task<DemoStage> SetAsync(DemoFolder folder, IDemoScreen screen, TimeProvider time, CancellationToken cancellationToken)
    {
        var authority = new DemoAuthority(time.GetUtcNow());
        var sites = new List<DemoSite>();
        try
        {
            await File.WriteAllTextAsync(folder.RootCertificate, PemEncoding.WriteString("CERTIFICATE", authority.Root) + "\n", cancellationToken);
            foreach (var name in Names)
            {
                var first = authority.Issue(name == Names[0] ? ExpiringDays : UsualDays, DemoSite.NameOf(name));
                sites.Add(new DemoSite(name, Path.Combine(folder.Sites, name), first, isBroken: name == Names[^1]));
            }

            return new DemoStage(folder, screen, time, authority, sites, await DemoHost.StartAsync(folder, sites, time, cancellationToken));
        }
        catch
        {
            await EndAsync(sites, authority);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Watch.DisposeAsync();
        await _host.DisposeAsync();
        await EndAsync(Sites, _authority);
    }

    private static async Task EndAsync(IEnumerable<DemoSite> sites, DemoAuthority authority)
    {
        foreach (var site in sites)
            await site.DisposeAsync();
        authority.Dispose();
    }
}
