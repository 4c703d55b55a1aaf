using System.Net;
using Certrelay.Certificates;
using Certrelay.Dns;
using Certrelay.Outgoing;
using Certrelay.Outgoing.Probing;
using Certrelay.Watch.Revocation;

namespace Certrelay.Watch.Probing;

/// <summary>What one survey asks and judges by.</summary>
public sealed record ReportOptions
{
    public SurveyOptions Survey { get; init; } = new();

    public ExpiryWarning Warning { get; init; } = new();

    /// <summary>Null: those of the host.</summary>
    public TrustedRoots? Roots { get; init; }

    /// <summary>The only leaf that shall be served; null: any.</summary>
    public Fingerprint? Expected { get; init; }

    /// <summary>Asks the sources that a leaf names whether it was revoked; never for a quick look.</summary>
    public bool Revocation { get; init; } = true;
}

/// <summary>Probes an endpoint in depth: every address that its name has now, each judged by itself and against the others.</summary>
public sealed class EndpointSurvey(IResolver resolver, OutgoingGuard guard, TlsProbe probe, RevocationCheck revocation, TimeProvider time)
{
    private const int AddressesAtOnce = 16;

    private readonly AddressSurvey _addresses = new(probe, time);

    /// <summary>Whatever is wrong is in the report; only cancellation is thrown. Each address is held to the guard's class first.</summary>
    public async Task<EndpointReport> SurveyAsync(Endpoint endpoint, OutgoingClass outgoing, ReportOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress> addresses;
        try
        {
            addresses = endpoint.Addresses.Count > 0
                ? [.. endpoint.Addresses.Select(IPAddress.Parse).Distinct()]
                : await resolver.AddressesAsync(endpoint.Host, cancellationToken);
        }
        catch (Failure failure)
        {
            return Report(endpoint, [], [FindingCodes.Of(failure, endpoint.Host)]);
        }

        var reports = new AddressReport[addresses.Count];
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = AddressesAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, addresses.Count, bounds, async (index, token) =>
            reports[index] = await SurveyAsync(addresses[index], endpoint, outgoing, options, token));
        return Report(endpoint, [.. reports.Select(report => Soften(report, reports))], [.. Compare(endpoint, reports)]);
    }

    /// <summary>Where this host has no route for IPv6, that says nothing of a server which answers by IPv4.</summary>
    private static AddressReport Soften(AddressReport report, AddressReport[] all) =>
        report.Address.Contains(':', StringComparison.Ordinal) && report.Findings is [{ } only] && only.Code == FindingCodes.ProbeUnreachable.Code
        && Array.Exists(all, static other => other.Proved)
            ? report with { Findings = [only with { Severity = Severity.Info }] }
            : report;

    private async Task<AddressReport> SurveyAsync(
        IPAddress address, Endpoint endpoint, OutgoingClass outgoing, ReportOptions options, CancellationToken cancellationToken)
    {
        var facts = guard.Check(outgoing, address) is { } forbidden
            ? new AddressFacts(address, endpoint.Port, new ProbeResult(address, TimeSpan.Zero) { Failure = forbidden })
            : await _addresses.LookAsync(address, endpoint, options.Survey, cancellationToken);
        var now = time.GetUtcNow();
        var judgement = new JudgementOptions(() => options.Roots ?? TrustedRoots.System, now) { Warning = options.Warning, Expected = options.Expected };
        var judged = new AddressJudgement(facts, endpoint, judgement).Judge();
        var report = AddressReports.Of(facts, judged, endpoint, options.Survey.Quick, now);
        return options is { Revocation: true, Survey.Quick: false } && judged.Served is { Issuer: { } issuer } served
            && await revocation.CheckAsync(served.Leaf, issuer, options.Survey.Timeout, cancellationToken) is { } reading
            ? AddressReports.With(report, reading, facts.Scope)
            : report;
    }

    private static IEnumerable<Finding> Compare(Endpoint endpoint, AddressReport[] reports)
    {
        var leaves = reports.Where(static report => report.Leaf is not null).GroupBy(static report => report.Leaf!.Fingerprint).ToList();
        if (leaves.Count < 2)
            yield break;
        var shown = leaves.OrderByDescending(static leaf => leaf.Count())
            .Select(static leaf => $"{leaf.Key.Prefix}… at {string.Join(", ", leaf.Select(static report => report.Address))}");
        yield return FindingCodes.ProbeAddressDiffers.At(endpoint.ToString(), $"The addresses of {endpoint.Host} show {string.Join("; ", shown)}.");
    }

    private static EndpointReport Report(Endpoint endpoint, IReadOnlyList<AddressReport> addresses, IReadOnlyList<Finding> findings) => new()
    {
        Endpoint = endpoint.Host.Contains(':', StringComparison.Ordinal) ? $"[{endpoint.Host}]:{endpoint.Port}" : $"{endpoint.Host}:{endpoint.Port}",
        Name = endpoint.EffectiveServerName,
        StartTls = endpoint.EffectiveStartTls,
        Good = findings.Concat(addresses.SelectMany(static address => address.Findings)).All(static finding => finding.Severity is Severity.Info),
        Addresses = addresses,
        Findings = findings,
    };
}
