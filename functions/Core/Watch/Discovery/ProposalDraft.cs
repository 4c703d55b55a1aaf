using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Watch.Probing;

namespace Certrelay.Watch.Discovery;

/// <summary>Makes a proposal of what was found, held against what is known; reads only.</summary>
public sealed class ProposalDraft(CertificateIndex index, LeafNames leaves, TargetNames targets)
{
    // What an address without a server does.
    private static readonly string[] NoAnswer = [FindingCodes.ProbeRefused.Code, FindingCodes.ProbeTimeout.Code, FindingCodes.ProbeUnreachable.Code];

    /// <summary>The proposal. Certificates and targets that the caller may not see are taken for unknown.</summary>
    public async Task<Proposal> DraftAsync(IReadOnlyList<Discovered> found, Func<string, bool> maySee, CancellationToken cancellationToken)
    {
        var sightings = found.Where(static one => one.Report is not null).SelectMany(one => LeavesOf(one.Report!).Select(leaf => (one.Entry, one.Report!.Endpoint, Leaf: leaf))).ToList();
        var names = await leaves.NameAsync(sightings.Select(static one => one.Leaf), maySee, cancellationToken);
        var proposed = sightings.GroupBy(static one => one.Leaf)
            .Select(group => new ProposedCertificate(
                group.Key, names[group.Key].Name, names[group.Key].State, OwnerOf(group.Select(static one => one.Entry)), TagsOf([.. group.Select(static one => one.Entry)]),
                [.. group.Select(static one => one.Endpoint).Distinct(StringComparer.Ordinal)]))
            // Versions of one certificate are accepted in the order in which they were issued.
            .OrderBy(static certificate => certificate.Leaf.NotBefore)
            .ThenBy(static certificate => certificate.Leaf.Fingerprint)
            .ToList();
        return new Proposal(
            proposed,
            await TargetsAsync(found, names, maySee, cancellationToken),
            [.. Failures(found).Where(static failure => !IsSilence(failure)).Select(static failure => new DiscoveryFailure(failure.Report.Endpoint, failure.Finding))],
            Failures(found).Count(IsSilence),
            [.. found.Where(static one => one.Report is null).Select(static one => one.Entry.Text)]);
    }

    private async Task<IReadOnlyList<ProposedTarget>> TargetsAsync(
        IReadOnlyList<Discovered> found, IReadOnlyDictionary<CertificateRecord, (string Name, ProposalState State)> names, Func<string, bool> maySee, CancellationToken cancellationToken)
    {
        var proposed = new List<ProposedTarget>();
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (entry, report) in found)
        {
            if (report is null || LeavesOf(report).GroupBy(static leaf => leaf).OrderByDescending(static leaf => leaf.Count()).FirstOrDefault() is not { Key: var leaf })
                continue;
            var certificate = names[leaf].Name;
            var (name, isKnown) = await NameAsync(entry, certificate, given, maySee, cancellationToken);
            proposed.Add(new ProposedTarget(name, isKnown ? ProposalState.Known : ProposalState.New, certificate, entry.Endpoint)
            {
                Owner = entry.Owner,
                Tags = entry.Tags,
                SuggestedKinds = [.. report.Addresses.SelectMany(static address => address.Http?.Kinds ?? []).Distinct(StringComparer.Ordinal)],
                Server = report.Addresses.Select(static address => address.Http?.Server).FirstOrDefault(static server => server is not null),
                Findings = [.. report.AllFindings.Where(static finding => finding.Severity is not Severity.Info)],
            });
        }

        return proposed;
    }

    /// <summary>The name of the target that has the endpoint; else a free one, made of host and port.</summary>
    private async Task<(string Name, bool IsKnown)> NameAsync(
        DiscoveryEntry entry, string certificate, HashSet<string> given, Func<string, bool> maySee, CancellationToken cancellationToken)
    {
        var users = await index.UsersAsync(certificate, cancellationToken);
        if (users.FirstOrDefault(target => maySee(target.Name) && Has(target, entry)) is { } user)
            return (user.Name, true);
        var (host, port) = (entry.Endpoint.Host, entry.Endpoint.Port);
        return await targets.FindAsync(port == 443 ? host : $"{host}-{port}", given, target => maySee(target.Name) && Has(target, entry), cancellationToken);
    }

    private static bool Has(TargetRecord target, DiscoveryEntry entry) =>
        target.Endpoints.Any(endpoint => endpoint.Port == entry.Endpoint.Port && string.Equals(endpoint.Host, entry.Endpoint.Host, StringComparison.OrdinalIgnoreCase));

    /// <summary>One for each address that proved it.</summary>
    private static IEnumerable<CertificateRecord> LeavesOf(EndpointReport report) =>
        report.Addresses.Where(static address => address.Proved).Select(static address => address.Served).OfType<CertificateRecord>();

    private static IEnumerable<(DiscoveryEntry Entry, EndpointReport Report, Finding Finding)> Failures(IReadOnlyList<Discovered> found) =>
        from one in found
        where one.Report is not null && !LeavesOf(one.Report).Any()
        select (one.Entry, one.Report!, one.Report!.AllFindings.OrderByDescending(static finding => finding.Severity).First());

    private static bool IsSilence((DiscoveryEntry Entry, EndpointReport Report, Finding Finding) failure) =>
        failure.Entry.IsFromNetwork && Array.IndexOf(NoAnswer, failure.Finding.Code) >= 0;

    private static string? OwnerOf(IEnumerable<DiscoveryEntry> entries) =>
        entries.Select(static entry => entry.Owner).OfType<string>().Distinct(StringComparer.Ordinal).ToList() is [var only] ? only : null;

    private static Dictionary<string, string> TagsOf(List<DiscoveryEntry> entries) =>
        entries[0].Tags.Where(tag => entries.TrueForAll(entry => entry.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value))
            .ToDictionary(StringComparer.Ordinal);
}
