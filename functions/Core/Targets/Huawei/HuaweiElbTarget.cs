using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Huawei;

/// <summary>Which certificate of a listener a target is about.</summary>
public enum ElbPlace
{
    /// <summary>The one that everybody gets who asks for no other's name.</summary>
    Default,

    /// <summary>The one in the list by server name whose names the certificate has.</summary>
    Sni,
}

/// <summary>Settings of the kind <c>huawei-elb</c>.</summary>
public sealed record HuaweiElbSettings : ICloudSettings
{
    [Description("The name of a Huawei Cloud account.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the load balancer, such as cn-north-4; the account's when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [Description("The id of the listener.")]
    [MinLength(1)]
    [MaxLength(64)]
    public required string Listener { get; init; }

    [Description("default: the certificate for everybody. sni: the one in the list by server name.")]
    public ElbPlace Place { get; init; }
}

/// <summary>Binds the certificate to a listener of a load balancer: one write replaces the former id by the new one wherever the listener has it.</summary>
internal sealed class HuaweiElbTarget(HuaweiElbSettings settings, HuaweiApi api, IReadOnlyList<string> names) : IDeployTarget
{
    private readonly ElbListeners _listeners = new(api, api.Region(settings.Region));
    private readonly ElbStore _store = new(api, api.Region(settings.Region));

    public static TargetKind Kind { get; } = TargetKind.Of<HuaweiElbSettings>(
        "huawei-elb",
        "Huawei Cloud load balancer listener",
        TimeSpan.FromMinutes(3),
        static (settings, context) => new HuaweiElbTarget(settings, HuaweiApi.Of(context), context.Names)) with
    {
        Cloud = new CloudKind(
            CloudVendor.Huawei,
            [.. HuaweiActions.Ids, .. ElbStore.Actions, HuaweiActions.ElbListener, HuaweiActions.ElbBind],
            "ELB v3, IAM v3",
            new DateOnly(2026, 11, 22),
            "The listener is read back behind the write.")
        {
            Survey = new CloudSurvey(
                [.. HuaweiActions.Ids, HuaweiActions.ElbListeners, HuaweiActions.ElbShow], static (context, region, cancellationToken) => FindAsync(HuaweiApi.Of(context), region, cancellationToken)),
            Check = static async (session, cancellationToken) => await ElbStore.Open(session, HuaweiApi.CheckRegion(session)).ListAsync(cancellationToken).AnyAsync(cancellationToken),
            Gaps =
            [
                "Certificates of the enterprise edition's TLS policies, client CAs and SM2: change them in the console.",
                "A QUIC listener takes RSA keys only; the vendor refuses others.",
            ],
        },
    };

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        var binding = await _listeners.ShowAsync(settings.Listener, cancellationToken);
        var bound = settings.Place == ElbPlace.Default
            ? binding.DefaultTlsContainerRef is { } id ? [await _store.ShowAsync(id, cancellationToken)] : []
            : await SameNamesAsync(binding, names, cancellationToken);
        var state = new ResourceState(settings.Listener, bound is [{ Leaf: var leaf }] ? leaf : null, Restorable: true) { Bound = Joined(bound) };
        return new TargetReading(new TargetState([state]), [.. Lost(bound, names)], Backup: null);
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken)
    {
        var binding = await _listeners.ShowAsync(settings.Listener, cancellationToken);
        var own = HuaweiLeaf.HostNames(certificate);
        var former = settings.Place == ElbPlace.Default
            ? binding.DefaultTlsContainerRef is { } old ? [await _store.ShowAsync(old, cancellationToken)] : []
            : await SameNamesAsync(binding, own, cancellationToken);
        if (former is [{ Leaf: { } leaf }] && leaf == certificate.Fingerprint)
            return Done();
        if (Lost(former, own).FirstOrDefault() is { } lost)
            throw new Permanent(lost.Code, lost.Message);

        var id = await api.UploadAsync(_store, certificate, upload => _store.ShowAsync(upload, cancellationToken), cancellationToken);
        return await BindAsync(binding, [.. former.Select(static one => one.Id)], [id], cancellationToken);
    }

    /// <summary>Puts the former ids where the ones with the certificate's names are now.</summary>
    public async Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken)
    {
        var before = previous.Resources is [{ Bound: { } bound }, ..] ? bound.Split(',') : [];
        var binding = await _listeners.ShowAsync(settings.Listener, cancellationToken);
        var now = settings.Place == ElbPlace.Default
            ? binding.DefaultTlsContainerRef is { } id ? [id] : []
            : (await SameNamesAsync(binding, names, cancellationToken)).Select(static one => one.Id).ToArray();
        return now.SequenceEqual(before) ? Done() : await BindAsync(binding, now, before, cancellationToken);
    }

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => api.Uploads.RetireAsync(_store, certificate, cancellationToken);

    private static async IAsyncEnumerable<FoundBinding> FindAsync(HuaweiApi api, string? own, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var region = api.Region(own);
        var store = new ElbStore(api, region);
        await foreach (var listener in new ElbListeners(api, region).AllAsync(cancellationToken))
        {
            var bound = (listener.SniContainerRefs ?? []).Select(static id => (Place: ElbPlace.Sni, Id: id));
            if (listener.DefaultTlsContainerRef is { } main)
                bound = bound.Prepend((ElbPlace.Default, main));
            foreach (var (place, id) in bound)
            {
                yield return new FoundBinding(
                    listener.Name is { Length: > 0 } name ? name : listener.Id,
                    new HuaweiElbSettings { Account = api.Account, Region = region, Listener = listener.Id, Place = place }, id, (await store.ShowAsync(id, cancellationToken)).Record)
                {
                    Port = listener.ProtocolPort,
                };
            }
        }
    }

    private async Task<DeployResult> BindAsync(ElbBinding binding, string[] former, string[] next, CancellationToken cancellationToken)
    {
        // Names in the list must not overlap, so that the new one never stands beside the old one: both change places in one write.
        var byName = Replaced(binding.ByName, former, next, append: settings.Place == ElbPlace.Sni);
        var write = new ElbBinding(
            settings.Place == ElbPlace.Default && next is [var id] ? id : null,
            byName.SequenceEqual(binding.ByName) ? null : byName);
        var replaces = former.Length == 0 ? null : string.Join(',', former);
        var to = next.Length == 0 ? "no certificate of these names" : string.Join(", ", next);
        await _listeners.WriteAsync(settings.Listener, write, $"Bind the listener {settings.Listener} to {to}.", replaces, cancellationToken);
        if (api.Plans)
            return Done();
        var seen = await _listeners.ShowAsync(settings.Listener, cancellationToken);
        var isBound = (write.DefaultTlsContainerRef ?? seen.DefaultTlsContainerRef) == seen.DefaultTlsContainerRef
            && (write.SniContainerRefs ?? seen.ByName).ToHashSet(StringComparer.Ordinal).SetEquals(seen.ByName);
        return isBound
            ? Done()
            : DeployResult.Of([new ResourceOutcome(settings.Listener, Succeeded: false, FindingCodes.CloudConflict.Code, "Behind the write it is bound to something else.")]);
    }

    private static IReadOnlyList<string> Replaced(IReadOnlyList<string> list, string[] former, string[] next, bool append)
    {
        var at = list.Index().Where(one => former.Contains(one.Item)).Select(static one => one.Index).DefaultIfEmpty(-1).First();
        if (at < 0)
            return append ? [.. list, .. next] : list;
        return [.. list.Take(at).Where(Stays), .. next, .. list.Skip(at).Where(Stays)];

        bool Stays(string id) => !former.Contains(id) && !next.Contains(id);
    }

    /// <summary>The certificates of the list by name that share a name with this one.</summary>
    private async Task<IReadOnlyList<ElbCertificate>> SameNamesAsync(ElbBinding binding, IReadOnlyList<string> own, CancellationToken cancellationToken)
    {
        var same = new List<ElbCertificate>();
        foreach (var id in binding.ByName)
        {
            var one = await _store.ShowAsync(id, cancellationToken);
            if (HuaweiLeaf.Overlap(one.Domains, own))
                same.Add(one);
        }

        return same;
    }

    /// <summary>Names that a listener would no longer serve by name.</summary>
    private IEnumerable<Finding> Lost(IReadOnlyList<ElbCertificate> former, IReadOnlyList<string> own) =>
        settings.Place == ElbPlace.Default || own.Count == 0
            ? []
            : from one in former
              from name in one.Domains
              where !SubjectName.AnyServes(own, name)
              select FindingCodes.TargetNotCovered.At(name, $"The listener serves {name} by the certificate {one.Id}, which would be replaced by one without that name.");

    private DeployResult Done() => DeployResult.Of([new ResourceOutcome(settings.Listener, Succeeded: true)]);

    private static string? Joined(IReadOnlyList<ElbCertificate> bound) => bound.Count == 0 ? null : string.Join(',', bound.Select(static one => one.Id));
}
