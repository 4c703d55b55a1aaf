using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Targets.Accounts;

namespace Certrelay.Watch.Discovery;

/// <summary>Makes a proposal of what an account has bound, held against what is known; reads only.</summary>
public sealed class BindingDraft(LeafNames leaves, TargetNames names, TargetRegistry targets, AccountUse accounts)
{
    /// <summary>The proposal. Certificates and targets that the caller may not see are taken for unknown.</summary>
    public async Task<Proposal> DraftAsync(string account, Surveyed surveyed, Func<string, bool> maySee, CancellationToken cancellationToken)
    {
        var named = await leaves.NameAsync(surveyed.Bindings.Select(static one => one.Found.Leaf).OfType<CertificateRecord>(), maySee, cancellationToken);
        var certificates = surveyed.Bindings.Where(static one => one.Found.Leaf is not null).GroupBy(static one => one.Found.Leaf!)
            .Select(group => new ProposedCertificate(
                group.Key, named[group.Key].Name, named[group.Key].State, Owner: null, new Dictionary<string, string>(StringComparer.Ordinal),
                [.. group.Select(static one => $"{one.Kind.Name} {one.Found.Place}").Distinct(StringComparer.Ordinal)]))
            .OrderBy(static certificate => certificate.Leaf.NotBefore)
            .ThenBy(static certificate => certificate.Leaf.Fingerprint);
        var known = await UsersAsync(account, maySee, cancellationToken);
        var given = new HashSet<string>(StringComparer.Ordinal);
        var proposed = new List<ProposedTarget>();
        var bindings = surveyed.Bindings.Select(static one => (one.Kind, one.Found, Settings: SettingsJson.Write(one.Found.Settings))).ToList();
        var alike = bindings.CountBy(static one => (one.Kind.Name, one.Settings.GetRawText())).ToDictionary();
        foreach (var (kind, found, settings) in bindings)
        {
            var certificate = found.Leaf is { } leaf ? named[leaf].Name : null;
            var there = known.Where(target => target.Kind == kind.Name && Covers(kind, target.Settings, settings, target.Certificate == certificate)).ToList();
            // Several certificates of one list are told apart by nothing but themselves.
            var isAlone = alike[(kind.Name, settings.GetRawText())] == 1;
            var own = there.Find(target => target.Certificate == certificate) ?? (isAlone ? there.FirstOrDefault() : null);
            var name = own?.Name ?? (await names.FindAsync($"{kind.Name} {found.Place}", given, static _ => false, cancellationToken)).Name;
            proposed.Add(new ProposedTarget(name, own is null ? ProposalState.New : ProposalState.Known, certificate, found.Endpoint) { Kind = kind, Settings = settings, Bound = found.Bound });
        }

        return new Proposal([.. certificates], proposed, [.. surveyed.Failures.Select(static finding => new DiscoveryFailure(finding.Scope, finding))], Silent: 0, surveyed.Remaining);
    }

    /// <summary>True when a target with settings looks after everything that others name.</summary>
    /// <param name="isSameCertificate">Whether it is about the certificate that is bound there: what follows a certificate looks after no other one.</param>
    internal static bool Covers(TargetKind kind, JsonElement settings, JsonElement others, bool isSameCertificate)
    {
        var whole = kind.WrittenOut(settings);
        var followsCertificate = whole.TryGetProperty("match", out var match) && match.ValueEquals("covered");
        foreach (var part in others.EnumerateObject())
        {
            // Left out, a region is the account's. What follows its certificate names no resource.
            if (!whole.TryGetProperty(part.Name, out var value) || (followsCertificate && isSameCertificate && (part.NameEquals("match") || part.Value.ValueKind == JsonValueKind.Array)))
                continue;
            var isThere = part.Value.ValueKind == JsonValueKind.Array
                ? part.Value.EnumerateArray().All(one => value.EnumerateArray().Any(other => JsonElement.DeepEquals(one, other)))
                : JsonElement.DeepEquals(part.Value, value);
            if (!isThere)
                return false;
        }

        return true;
    }

    private async Task<IReadOnlyList<TargetRecord>> UsersAsync(string account, Func<string, bool> maySee, CancellationToken cancellationToken)
    {
        var users = new List<TargetRecord>();
        foreach (var name in (await accounts.UsersAsync(account, cancellationToken)).Where(maySee))
        {
            if (await targets.ReadAsync(name, cancellationToken) is { Value: var target })
                users.Add(target);
        }

        return users;
    }
}
