using Certrelay.Dns;
using Certrelay.Outgoing;
using Certrelay.Outgoing.Probing;
using Certrelay.Watch.Probing;
using Certrelay.Watch.Revocation;

namespace Certrelay.Watch.Discovery;

/// <summary>One endpoint to look at, and what its owner's list says of it.</summary>
/// <param name="Text">As it was asked for, so that it can be asked for again.</param>
/// <param name="IsFromNetwork">True for an address of a network: that nobody answers there is no fault.</param>
public sealed record DiscoveryEntry(string Text, Endpoint Endpoint, string? Owner, IReadOnlyDictionary<string, string> Tags, bool IsFromNetwork = false);

/// <summary>What an endpoint showed; without a report there was no time left for it.</summary>
public sealed record Discovered(DiscoveryEntry Entry, EndpointReport? Report);

/// <summary>Looks at many endpoints side by side within a bounded time. Addresses are held to the rules for probes; the operator's own networks are allowed beside.</summary>
public sealed class EndpointDiscovery(
    IResolver resolver, OutgoingOptions outgoing, DiscoverOptions options, TlsProbe probe, RevocationCheck revocation, TimeProvider time)
{
    /// <summary>The most endpoints of one call: at the usual time-out as many that say nothing take less than the usual limit.</summary>
    public const int MostEndpoints = 1000;

    private const int AtOnce = 64;

    private readonly EndpointSurvey _survey = new(
        resolver, new OutgoingGuard(outgoing with { Allow = [.. outgoing.Allow, .. options.Networks] }), probe, revocation, time);

    /// <summary>What each entry showed, in their order. Whatever is wrong there is in the reports; only cancellation is thrown.</summary>
    public async Task<IReadOnlyList<Discovered>> ProbeAsync(IReadOnlyList<DiscoveryEntry> entries, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.Limit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var asked = new ReportOptions { Survey = new SurveyOptions { Timeout = timeout }, Revocation = false };
        var reports = new EndpointReport?[entries.Count];
        try
        {
            var bounds = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = end.Token };
            await Parallel.ForAsync(0, entries.Count, bounds, async (index, token) =>
                reports[index] = await _survey.SurveyAsync(entries[index].Endpoint, OutgoingClass.Probe, asked, token));
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // What has come until now is the answer.
        }

        return [.. entries.Zip(reports, static (entry, report) => new Discovered(entry, report))];
    }
}
