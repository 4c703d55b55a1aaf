using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Xml.Linq;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Aws;

/// <summary>Settings of the kind <c>aws-clb</c>.</summary>
public sealed record AwsClbSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the load balancer, such as eu-central-1.")]
    [ResourceName]
    public required string Region { get; init; }

    [Description("The name of the load balancer.")]
    [MinLength(1), MaxLength(32)]
    public required string LoadBalancer { get; init; }

    [Description("The ports of its listeners (HTTPS or SSL).")]
    [MinLength(1)]
    public required IReadOnlyList<int> Ports { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!LoadBalancer.All(static one => char.IsAsciiLetterOrDigit(one) || one == '-'))
            yield return new ValidationResult("must be letters, digits and hyphens.", [nameof(LoadBalancer)]);
        foreach (var (index, port) in Ports.Index())
        {
            if (port is < 1 or > 65535 || Ports.Take(index).Contains(port))
                yield return new ValidationResult("must be a port, 1 to 65535, named once.", [$"ports[{index}]"]);
        }
    }
}

/// <summary>Binds a certificate of ACM to listeners of one Classic Load Balancer.</summary>
/// <remarks>https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/</remarks>
internal sealed class AwsClbTarget(AwsClbSettings settings, AwsApi api) : IDeployTarget
{
    private readonly AcmStore _store = new(api, settings.Region);

    public static TargetKind Kind { get; } = TargetKind.Of<AwsClbSettings>(
        "aws-clb", "AWS Classic Load Balancer listeners", TimeSpan.FromMinutes(3), static (settings, context) => new AwsClbTarget(settings, new AwsApi(context.Cloud))) with
    {
        Cloud = new CloudKind(
            CloudVendor.Aws,
            [.. AwsActions.AcmStore, AwsActions.GetServerCertificate, AwsActions.DescribeLoadBalancers, AwsActions.SetLoadBalancerListenerSslCertificate],
            "Elastic Load Balancing 2012-06-01, ACM 2015-12-08",
            new DateOnly(2026, 11, 22),
            "DescribeLoadBalancers shows what is bound; ELB takes a change at once and tells nothing of its way to the nodes, so that handshakes are the proof.")
        {
            Check = AwsChecks.BalancersAsync,
            Survey = AwsSurveys.Classic,
            Gaps = ["New server certificates of IAM: one that is bound is read and comes back in a restore, the new one goes into ACM."],
        },
    };

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        var (leaves, states, refusals) = (new AwsLeaves(api), new List<ResourceState>(), new List<Finding>());
        var bound = await BoundAsync(cancellationToken);
        foreach (var port in settings.Ports)
        {
            if (!bound.TryGetValue(port, out var id))
                refusals.Add(FindingCodes.CloudNotFound.At(Resource(port), $"{settings.LoadBalancer} has no listener at port {port}."));
            else
                states.Add(new ResourceState(Resource(port), id is null ? null : (await leaves.ReadAsync(id, cancellationToken))?.Fingerprint, Restorable: id is not null) { Bound = id });
        }

        return new TargetReading(new TargetState(states), refusals, Backup: null);
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken) => DeployResult.Of(await api.BindAsync(
        _store, certificate, id => SetAsync(settings.Ports.Select(port => (port, id)), cancellationToken), cancellationToken));

    public async Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) => DeployResult.Of(await SetAsync(
        from resource in previous.Resources
        where resource.Bound is not null
        select (int.Parse(resource.Id.Split(':')[^1], CultureInfo.InvariantCulture), resource.Bound!),
        cancellationToken));

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => api.Session.Uploads.RetireAsync(_store, certificate, cancellationToken);

    private async Task<IReadOnlyList<ResourceOutcome>> SetAsync(IEnumerable<(int Port, string Id)> wanted, CancellationToken cancellationToken)
    {
        var bound = await BoundAsync(cancellationToken);
        var ids = wanted.ToDictionary(one => Resource(one.Port), static one => one);
        return await AwsBinding.EachAsync(ids.Keys, resource => SetAsync(resource, ids[resource].Port, ids[resource].Id, bound, cancellationToken));
    }

    private async Task SetAsync(string resource, int port, string id, Dictionary<int, string?> bound, CancellationToken cancellationToken)
    {
        var before = bound.GetValueOrDefault(port);
        if (before == id)
            return;
        var write = new CloudWrite($"binds the certificate to {resource}", before, static () => AwsApi.Placeholder(AwsActions.SetLoadBalancerListenerSslCertificate));
        await api.BalancingAsync(
            AwsActions.SetLoadBalancerListenerSslCertificate, settings.Region,
            [new("LoadBalancerName", settings.LoadBalancer), new("LoadBalancerPort", port.ToString(CultureInfo.InvariantCulture)), new("SSLCertificateId", id)], resource, cancellationToken, write);
    }

    private async Task<Dictionary<int, string?>> BoundAsync(CancellationToken cancellationToken)
    {
        var result = await api.BalancingAsync(
            AwsActions.DescribeLoadBalancers, settings.Region, [new("LoadBalancerNames.member.1", settings.LoadBalancer)], settings.LoadBalancer, cancellationToken);
        var listeners = result.Entries("LoadBalancerDescriptions").SelectMany(static one => one.Entries("ListenerDescriptions")).Select(static one => one.Child("Listener")).OfType<XElement>();
        return listeners.ToDictionary(
            static one => int.TryParse(one.Text("LoadBalancerPort"), out var port) ? port : throw CloudAnswer.Unreadable("LoadBalancerPort"), static one => one.Text("SSLCertificateId"));
    }

    private string Resource(int port) => $"{settings.LoadBalancer}:{port}";
}
