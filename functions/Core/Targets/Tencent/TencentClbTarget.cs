using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Tencent;

/// <summary>Settings of the kind <c>tencent-clb</c>.</summary>
public sealed record TencentClbSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the load balancer, such as ap-guangzhou; the account's when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [Description("The id of the load balancer: lb-….")]
    [RegularExpression("^lb-[a-z0-9]+$", ErrorMessage = "must be the id of a load balancer: lb-….")]
    public required string LoadBalancer { get; init; }

    [Description("The id of the listener: lbl-….")]
    [RegularExpression("^lbl-[a-z0-9]+$", ErrorMessage = "must be the id of a listener: lbl-….")]
    public required string Listener { get; init; }

    [Description("The domains of the rules where SNI is on; empty where it is off, and with match: covered.")]
    public IReadOnlyList<string> Domains { get; init; } = [];

    [Description("listed: the listener itself, or the domains named here. covered: every rule's domain that the certificate covers.")]
    public DomainMatch Match { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, Match, mayBeEmpty: true);
}

/// <summary>Binds a certificate of the store to a listener of a load balancer, or to domains of its rules, one task after the other.</summary>
/// <remarks>CLB API 2018-03-17: https://cloud.tencent.com/document/api/214/30684</remarks>
internal sealed class TencentClbTarget : IDeployTarget
{
    private readonly TencentClbSettings _settings;
    private readonly IReadOnlyList<string> _names;
    private readonly TencentListener _listener;
    private readonly TencentCertificates _store;
    private readonly TencentListeners _listeners;
    private readonly TencentBinder _binder;

    private TencentClbTarget(TencentClbSettings settings, TencentApi api, IReadOnlyList<string> names)
    {
        (_settings, _names) = (settings, names);
        _listener = new TencentListener(RegionOf(api, settings.Region), settings.LoadBalancer, settings.Listener);
        _store = new TencentCertificates(api, "clb");
        _listeners = new TencentListeners(api, _store);
        _binder = new TencentBinder(api, _store, ReadPlacesAsync, TimeSpan.FromSeconds(2));
    }

    public static TargetKind Kind { get; } = TargetKind.Of<TencentClbSettings>(
        "tencent-clb", "Tencent Cloud load balancer (CLB)", TimeSpan.FromMinutes(3),
        static (settings, context) => new TencentClbTarget(settings, new TencentApi(context.Cloud), context.Names)) with
    {
        Cloud = new CloudKind(
            CloudVendor.Tencent,
            [.. TencentActions.Store, .. TencentActions.Listeners],
            "SSL 2019-12-05, CLB 2018-03-17",
            new DateOnly(2026, 11, 22),
            "DescribeTaskStatus of each change, then DescribeListeners.")
        {
            Check = TencentCertificates.CheckAsync,
            Survey = new CloudSurvey(
                [TencentActions.DescribeLoadBalancers, TencentActions.DescribeListeners, TencentActions.DescribeCertificateDetail],
                static (context, region, cancellationToken) => FindAsync(new TencentApi(context.Cloud), region, cancellationToken)),
            Gaps =
            [
                "A rule without a certificate cannot be left without one by a restore: remove the rule or its certificate in the console.",
                "A listener gets no second certificate of another key type: add it in the console, from then on each is renewed in its place.",
            ],
        },
    };

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        if (_settings.Match == DomainMatch.Listed)
            return await _binder.ReadAsync(Named, cancellationToken);
        var all = await _listeners.ReadAsync(_listener, cancellationToken);
        return await _binder.ReadAsync([.. all.Where(place => ListedDomains.MayServe(_names, place.Id.Split('|')[^1]))], [], cancellationToken);
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken)
    {
        IReadOnlyCollection<string> places = Named;
        if (job is null && _settings.Match == DomainMatch.Covered)
        {
            places = [.. (await _listeners.ReadAsync(_listener, cancellationToken)).Select(static place => place.Id).Where(id => certificate.Serves(id.Split('|')[^1]))];
            if (places.Count == 0)
                throw new Permanent(FindingCodes.CloudNotFound.Code, $"The certificate covers no domain of a rule with SNI on {_listener}.");
        }

        return await _binder.DeployAsync(certificate, places, job, cancellationToken);
    }

    public Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) =>
        _binder.RestoreAsync(previous, job, cancellationToken, _settings.Match == DomainMatch.Covered ? IsOursAsync : null);

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => _store.RetireAsync(certificate, cancellationToken);

    private static string RegionOf(TencentApi api, string? own) => own ?? api.Session.Account.Region
        ?? throw new Permanent(FindingCodes.TargetSettings.Code, "region: neither the target nor its account names one.");

    private static async IAsyncEnumerable<FoundBinding> FindAsync(TencentApi api, string? own, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (store, region) = (new TencentCertificates(api, "clb"), RegionOf(api, own));
        await foreach (var (place, host, port) in new TencentListeners(api, store).AllAsync(region, cancellationToken))
        {
            if (place.Bound is not { } bound || place.Id.Split('|') is not [var balancer, var listener, .. var domains])
                continue;
            yield return new FoundBinding(
                place.Id.Replace('|', ' '),
                new TencentClbSettings { Account = api.Session.Account.Name, Region = region, LoadBalancer = balancer, Listener = listener, Domains = domains },
                bound, await store.LeafAsync(bound.Split(',')[0], cancellationToken))
            {
                Name = domains.FirstOrDefault(),
                Host = host,
                Port = port,
            };
        }
    }

    private IReadOnlyCollection<string> Named => (_settings.Match, _settings.Domains) switch
    {
        (DomainMatch.Covered, _) => [],
        (_, []) => [_listener.ToString()],
        (_, var domains) => [.. domains.Select(domain => $"{_listener}|{domain}")],
    };

    private async Task<bool> IsOursAsync(TencentResource place, CancellationToken cancellationToken)
    {
        foreach (var id in (place.Bound ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (await _store.IsOursAsync(id, cancellationToken))
                return true;
        }

        return false;
    }

    /// <summary>The places that are named; those of which the listener has none of that sort say why.</summary>
    private async Task<IReadOnlyList<TencentResource>> ReadPlacesAsync(IReadOnlyCollection<string> named, CancellationToken cancellationToken)
    {
        var places = await _listeners.ReadAsync(_listener, cancellationToken);
        if (named.Count == 0)
            return places;
        var isPlain = places is [{ Id: var only }] && only == _listener.ToString();
        return
        [
            .. named.Select(name => places.FirstOrDefault(place => place.Id == name) ?? (isPlain ? Unfit(name, "SNI is off on this listener: leave domains empty.")
                : name == _listener.ToString() ? Unfit(name, "SNI is on: the certificates belong to the domains of the rules, so name domains or set match: covered.")
                : null)).OfType<TencentResource>(),
        ];
    }

    private static TencentResource Unfit(string id, string why) =>
        new(id, null, (_, _) => throw new Permanent(FindingCodes.TargetRefused.Code, why)) { Restorable = false, Refusal = why };
}
