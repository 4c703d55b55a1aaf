using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Certrelay.Certificates;

namespace Certrelay.App.Cli.Demo;

/// <summary>
/// Looks at every site ten times a second, from the first act to the last: a certificate that the story did not put there ends it, even where a
/// deployment would have replaced it.
/// </summary>
internal sealed class SiteWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // A pair that is being replaced, by whomever, is for a moment no pair.
    private const int UnreadableInARow = 5;

    private readonly IReadOnlyList<WatchedSite> _sites;
    private readonly byte[] _root;
    private readonly SiteTable _table;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenSource _foreign = new();
    private readonly Task _watching;

    public SiteWatch(IReadOnlyList<DemoSite> sites, byte[] root, SiteTable table, TimeProvider time)
    {
        (_sites, _root, _table, _time) = ([.. sites.Select(static site => new WatchedSite(site))], root, table, time);
        _watching = WatchAsync();
    }

    /// <summary>Why the story cannot go on; null while every site is as it should be.</summary>
    public string? Fault { get; private set; }

    /// <summary>Cancelled together with the first <see cref="Fault"/>.</summary>
    public CancellationToken Found => _foreign.Token;

    /// <summary>From here on this site may show nothing else.</summary>
    public void Allow(DemoSite site, params IReadOnlyList<Fingerprint> allowed) => _sites.First(watched => watched.Site == site).Allowed = allowed;

    /// <summary>One look that must find exactly this, in the handshake and in the files; throws otherwise.</summary>
    public async Task ProveAsync(DemoSite site, Fingerprint expected, CancellationToken cancellationToken)
    {
        var (reading, unreadable) = await ReadAsync(site, cancellationToken);
        for (var again = 1; reading is null && again < UnreadableInARow; again++)
        {
            await Task.Delay(Interval, _time, cancellationToken);
            (reading, unreadable) = await ReadAsync(site, cancellationToken);
        }

        if (reading is null)
            throw new ActFailedException(unreadable!);
        var fault = FaultOf(site, reading, [expected])
            ?? (!reading.Trusted ? $"Site {site.Name} serves {reading.Served} in a way that a client who trusts the demo's root refuses." : null)
            ?? (!reading.KeyFits ? $"The key file of site {site.Name} does not hold the key of {reading.InFile}." : null);
        if (fault is not null)
            throw new ActFailedException(fault);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _watching;
        _over.Dispose();
        _foreign.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            while (Fault is null)
            {
                foreach (var watched in _sites)
                    Fault ??= await LookAsync(watched);
                await Task.Delay(Interval, _time, _over.Token);
            }

            await _foreign.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The story is over.
        }
    }

    private async Task<string?> LookAsync(WatchedSite watched)
    {
        // What was allowed when the look began: a step may settle while it goes on.
        var (site, allowed) = (watched.Site, watched.Allowed);
        var (reading, unreadable) = await ReadAsync(site, _over.Token);
        if (reading is null)
            return ++watched.Unreadable < UnreadableInARow ? null : unreadable;
        watched.Unreadable = 0;
        _table.Change(site, line => line with { Now = reading.Served });
        return FaultOf(site, reading, allowed);
    }

    private async Task<(SiteReading? Reading, string? Unreadable)> ReadAsync(DemoSite site, CancellationToken cancellationToken)
    {
        try
        {
            return (await SiteReading.OfAsync(site, _root, cancellationToken), null);
        }
        catch (Exception fault)
            when (fault is IOException or SocketException or AuthenticationException or CryptographicException or ArgumentException)
        {
            return (null, $"Site {site.Name} cannot be read: {fault.Message}");
        }
    }

    private static string? FaultOf(DemoSite site, SiteReading reading, IReadOnlyList<Fingerprint> allowed)
    {
        if (!allowed.Contains(reading.Served))
            return Foreign(site, "serves", reading.Served, allowed);
        return allowed.Contains(reading.InFile) ? null : Foreign(site, "has in its files", reading.InFile, allowed);
    }

    private static string Foreign(DemoSite site, string verb, Fingerprint found, IEnumerable<Fingerprint> allowed) =>
        $"Site {site.Name} {verb} {found}, expected {string.Join(" or ", allowed)}.";

    private sealed class WatchedSite(DemoSite site)
    {
        public DemoSite Site => site;

        public IReadOnlyList<Fingerprint> Allowed { get; set; } = [site.First.Fingerprint];

        public int Unreadable { get; set; }
    }
}
