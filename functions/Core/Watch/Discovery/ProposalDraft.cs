using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Watch.Probing;

namespace Certrelay.Watch.Discovery;

/// <summary>Makes a proposal of what was found, held against what is known; reads only.</summary>
public sealed class ProposalDraft(CertificateIndex index, CertificateRegistry certificates, TargetRegistry targets)
{
    private const int LongestName = 63;

    // What an address without a server does.
    private static readonly string[] NoAnswer = [FindingCodes.ProbeRefused.Code, FindingCodes.ProbeTimeout.Code, FindingCodes.ProbeUnreachable.Code];

    /// <summary>The proposal. Certificates and targets that the caller may not see are taken for unknown.</summary>
    public async Task<Proposal> DraftAsync(IReadOnlyList<Discovered> found, Func<string, bool> maySee, CancellationToken cancellationToken)
    {
        var sightings = found.Where(static one => one.Report is not null).SelectMany(one => LeavesOf(one.Report!).Select(leaf => (one.Entry, one.Report!.Endpoint, Leaf: leaf))).ToList();
        var names = await NamesAsync(sightings.Select(static one => one.Leaf).Distinct(), maySee, cancellationToken);
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

    /// <summary>What each leaf is called and whether it is known. Of leaves that would have one name the newest gets it, and the others theirs by their fingerprint.</summary>
    private async Task<Dictionary<CertificateRecord, (string Name, ProposalState State)>> NamesAsync(
        IEnumerable<CertificateRecord> leaves, Func<string, bool> maySee, CancellationToken cancellationToken)
    {
        var names = new Dictionary<CertificateRecord, (string Name, ProposalState State)>();
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var leaf in leaves.OrderByDescending(static leaf => leaf.NotBefore).ThenBy(static leaf => leaf.Fingerprint))
        {
            if (await index.HolderAsync(leaf.Fingerprint, cancellationToken) is { } holder && maySee(holder))
            {
                names[leaf] = (holder, ProposalState.Known);
                continue;
            }

            var name = LineageName.Of(leaf);
            var lineage = await certificates.ReadAsync(name, cancellationToken);
            // Only what is watched itself is renewed by what is found: a certificate with its key here goes on from upload to upload.
            var follows = lineage?.Value is { Leaf: { HasKey: false } current } && current.NotBefore <= leaf.NotBefore && maySee(name);
            if ((lineage is null || follows) && given.Add(name))
                names[leaf] = (name, follows ? ProposalState.NewVersion : ProposalState.New);
            else
                names[leaf] = ($"{Cut(name, LongestName - 9)}-{leaf.Fingerprint.Prefix}", ProposalState.New);
        }

        return names;
    }

    private async Task<IReadOnlyList<ProposedTarget>> TargetsAsync(
        IReadOnlyList<Discovered> found, Dictionary<CertificateRecord, (string Name, ProposalState State)> names, Func<string, bool> maySee, CancellationToken cancellationToken)
    {
        var proposed = new List<ProposedTarget>();
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (entry, report) in found)
        {
            if (report is null || LeavesOf(report).GroupBy(static leaf => leaf).OrderByDescending(static leaf => leaf.Count()).FirstOrDefault() is not { Key: var leaf })
                continue;
            var certificate = names[leaf].Name;
            var (name, isKnown) = await NameAsync(entry, certificate, given, maySee, cancellationToken);
            proposed.Add(new ProposedTarget(
                name, isKnown ? ProposalState.Known : ProposalState.New, certificate, entry,
                [.. report.Addresses.SelectMany(static address => address.Http?.Kinds ?? []).Distinct(StringComparer.Ordinal)],
                report.Addresses.Select(static address => address.Http?.Server).FirstOrDefault(static server => server is not null),
                [.. report.AllFindings.Where(static finding => finding.Severity is not Severity.Info)]));
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
        var plain = string.Join('-', (port == 443 ? host : $"{host}-{port}").Split(['.', ':', '-', '_'], StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
        for (var number = 1; ; number++)
        {
            var name = number == 1 ? Cut(plain, LongestName) : $"{Cut(plain, LongestName - 5)}-{number}";
            var there = await targets.ReadAsync(name, cancellationToken);
            if (there is not null && maySee(name) && Has(there.Value, entry))
                return (name, true);
            if (there is null && given.Add(name))
                return (name, false);
        }
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

    private static string Cut(string name, int longest) => (name.Length <= longest ? name : name[..longest]).TrimEnd('-');
}
