using System.ComponentModel.DataAnnotations;
using System.Xml.Linq;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Aws;

/// <summary>Which of a listener's certificates a target looks after.</summary>
public enum ListenerCertificate
{
    /// <summary>The one that serves whoever names no host, or one that no other certificate of the listener covers.</summary>
    Default,

    /// <summary>Those of the listener's list, chosen by the name that a client asks for.</summary>
    Sni,
}

/// <summary>The certificates of listeners of Application and Network Load Balancers.</summary>
/// <remarks>https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/, API version 2015-12-01.</remarks>
internal sealed class AwsListeners(AwsApi api, IReadOnlyList<string> listeners, ListenerCertificate which, IReadOnlyList<string> names)
{
    /// <summary>What both kinds call.</summary>
    public static IReadOnlyList<CloudAction> Actions { get; } =
    [
        .. AwsActions.AcmStore, AwsActions.GetServerCertificate, AwsActions.DescribeListenerCertificates, AwsActions.ModifyListener, AwsActions.AddListenerCertificates,
        AwsActions.RemoveListenerCertificates,
    ];

    /// <summary>What both kinds need of AWS.</summary>
    public static CloudKind Cloud { get; } = new CloudKind(
        CloudVendor.Aws, Actions, "Elastic Load Balancing 2015-12-01, ACM 2015-12-08", new DateOnly(2026, 11, 22),
        "DescribeListenerCertificates shows what is bound; ELB takes a change at once and tells nothing of its way to the nodes, so that handshakes are the proof.")
    {
        Check = AwsChecks.StoreAsync,
        Gaps =
        [
            "A certificate of the list wins over the default one for the names that it covers: look after it with a second target and certificate: sni.",
            "New server certificates of IAM: one that is bound is read and comes back in a restore, the new one goes into ACM.",
        ],
    };

    private readonly AwsLeaves _leaves = new(api);

    /// <summary>Every fault of the ARNs in settings.</summary>
    /// <param name="family"><c>app</c> or <c>net</c>.</param>
    public static IEnumerable<ValidationResult> Faults(IReadOnlyList<string> listeners, string family)
    {
        if (listeners.Count == 0)
            yield return new ValidationResult("must name a listener.", ["listeners"]);
        foreach (var (index, text) in listeners.Index())
        {
            if (!AwsArn.TryParse(text, out var arn) || arn is not { Service: "elasticloadbalancing", Region.Length: > 0 } || arn.Resource.Split('/') is not ["listener", var kind, _, _, _] || kind != family)
                yield return new ValidationResult($"must be the ARN of a listener: arn:aws:elasticloadbalancing:<region>:<account>:listener/{family}/<name>/<id>/<id>.", [$"listeners[{index}]"]);
            else if (listeners.Take(index).Contains(text, StringComparer.Ordinal))
                yield return new ValidationResult("is named twice.", [$"listeners[{index}]"]);
        }
    }

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        var (states, refusals) = (new List<ResourceState>(), new List<Finding>());
        foreach (var listener in listeners)
        {
            if (Arn(listener).Partition is var partition && partition != (api.IsChina ? "aws-cn" : "aws"))
            {
                refusals.Add(FindingCodes.TargetAccount.At(listener, $"The listener is one of {partition}, the account is not."));
                continue;
            }

            var ids = await RelevantAsync(listener, cancellationToken);
            if (ids.Count == 0)
                states.Add(new ResourceState(listener, null, Restorable: true));
            foreach (var (index, id) in ids.Index())
                states.Add(new ResourceState(index == 0 ? listener : $"{listener}#{index + 1}", (await _leaves.ReadAsync(id, cancellationToken))?.Fingerprint, Restorable: true) { Bound = id });
        }

        return new TargetReading(new TargetState(states), refusals, Backup: null);
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, CancellationToken cancellationToken)
    {
        var outcomes = new List<ResourceOutcome>();
        foreach (var region in listeners.GroupBy(static listener => Arn(listener).Region, StringComparer.Ordinal))
        {
            var store = new AcmStore(api, region.Key);
            outcomes.AddRange(await api.BindAsync(
                store, certificate, id => AwsBinding.EachAsync(region, listener => BindAsync(listener, id, certificate, cancellationToken)), cancellationToken));
        }

        return DeployResult.Of(outcomes);
    }

    public async Task<DeployResult> RestoreAsync(TargetState previous, CancellationToken cancellationToken)
    {
        var before = previous.Resources.ToLookup(static resource => resource.Id.Split('#')[0], static resource => resource.Bound, StringComparer.Ordinal);
        return DeployResult.Of(await AwsBinding.EachAsync(before.Select(static listener => listener.Key), listener => RestoreAsync(listener, [.. before[listener].OfType<string>()], cancellationToken)));
    }

    /// <summary>Removes our superseded uploads from the stores of the listeners' regions.</summary>
    public async Task RetireAsync(string certificate, CancellationToken cancellationToken)
    {
        foreach (var region in listeners.Select(static listener => Arn(listener).Region).Distinct(StringComparer.Ordinal))
            await api.Session.Uploads.RetireAsync(new AcmStore(api, region), certificate, cancellationToken);
    }

    private async Task BindAsync(string listener, string id, CertificateBundle certificate, CancellationToken cancellationToken)
    {
        var (main, further) = await CertificatesAsync(listener, cancellationToken);
        if (which == ListenerCertificate.Default)
        {
            if (main != id)
                await ModifyAsync(listener, id, main, cancellationToken);
            return;
        }

        if (!further.Contains(id, StringComparer.Ordinal))
            await ChangeListAsync(AwsActions.AddListenerCertificates, listener, id, $"adds the certificate to the list of {listener}", cancellationToken);
        // With both in its list the load balancer chooses by key and validity, not by age: what the new one stands in for goes. One for another kind of key
        // (RSA beside ECDSA) serves other clients and stays.
        var isRsa = CertificateRecord.Parse(certificate.Leaf).PublicKey.Algorithm == KeyAlgorithm.Rsa;
        var covered = AwsNames.Of(certificate);
        foreach (var other in further.Where(other => other != id))
        {
            if (await _leaves.ReadAsync(other, cancellationToken) is { } leaf && covered.Cover(leaf) && leaf.PublicKey.Algorithm == KeyAlgorithm.Rsa == isRsa)
                await ChangeListAsync(AwsActions.RemoveListenerCertificates, listener, other, $"takes {other} off the list of {listener}", cancellationToken);
        }
    }

    private async Task RestoreAsync(string listener, IReadOnlyList<string> before, CancellationToken cancellationToken)
    {
        var (main, further) = await CertificatesAsync(listener, cancellationToken);
        if (which == ListenerCertificate.Default)
        {
            if (before is [var former] && former != main)
                await ModifyAsync(listener, former, main, cancellationToken);
            return;
        }

        foreach (var id in before.Except(further, StringComparer.Ordinal))
            await ChangeListAsync(AwsActions.AddListenerCertificates, listener, id, $"adds {id} to the list of {listener} again", cancellationToken);
        foreach (var id in (await RelevantAsync(listener, cancellationToken)).Except(before, StringComparer.Ordinal))
            await ChangeListAsync(AwsActions.RemoveListenerCertificates, listener, id, $"takes {id} off the list of {listener}", cancellationToken);
    }

    /// <summary>The certificates of a listener that this target looks after: the default one, or those of the list whose names ours covers.</summary>
    private async Task<IReadOnlyList<string>> RelevantAsync(string listener, CancellationToken cancellationToken)
    {
        var (main, further) = await CertificatesAsync(listener, cancellationToken);
        if (which == ListenerCertificate.Default)
            return main is null ? [] : [main];
        var covered = new AwsNames(names);
        var relevant = new List<string>();
        foreach (var id in further)
        {
            if (covered.Cover(await _leaves.ReadAsync(id, cancellationToken)))
                relevant.Add(id);
        }

        return relevant;
    }

    private async Task<(string? Default, IReadOnlyList<string> Further)> CertificatesAsync(string listener, CancellationToken cancellationToken)
    {
        string? main = null;
        var further = new List<string>();
        await foreach (var one in api.BalancingPagesAsync(
            AwsActions.DescribeListenerCertificates, Arn(listener).Region, "Certificates", [new("ListenerArn", listener)], listener, cancellationToken))
        {
            var id = one.Text("CertificateArn") ?? throw CloudAnswer.Unreadable("CertificateArn");
            if (one.Text("IsDefault") == "true")
                main = id;
            else
                further.Add(id);
        }

        return (main, further);
    }

    private Task<XElement> ModifyAsync(string listener, string id, string? replaces, CancellationToken cancellationToken) =>
        WriteAsync(AwsActions.ModifyListener, listener, id, new CloudWrite($"makes the certificate the default one of {listener}", replaces, static () => AwsApi.Placeholder(AwsActions.ModifyListener)), cancellationToken);

    private Task<XElement> ChangeListAsync(CloudAction action, string listener, string id, string what, CancellationToken cancellationToken) =>
        WriteAsync(action, listener, id, new CloudWrite(what, action == AwsActions.RemoveListenerCertificates ? id : null, () => AwsApi.Placeholder(action)), cancellationToken);

    private Task<XElement> WriteAsync(CloudAction action, string listener, string id, CloudWrite write, CancellationToken cancellationToken) => api.BalancingAsync(
        action, Arn(listener).Region, [new("ListenerArn", listener), new("Certificates.member.1.CertificateArn", id)], listener, cancellationToken, write);

    private static AwsArn Arn(string listener) =>
        AwsArn.TryParse(listener, out var arn) ? arn : throw new Permanent(FindingCodes.TargetSettings.Code, $"'{listener}' is no ARN.");
}
