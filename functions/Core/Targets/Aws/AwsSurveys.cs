using System.Globalization;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Aws;

/// <summary>Finds what an account of AWS serves certificates at.</summary>
internal static class AwsSurveys
{
    // ELB names a certificate of either store; the leaf is read there.
    private static readonly CloudAction[] Leaves = [AwsActions.GetCertificate, AwsActions.GetServerCertificate];

    /// <summary>Distributions that have a certificate other than CloudFront's own.</summary>
    public static CloudSurvey Distributions { get; } = new(
        [AwsActions.ListDistributions, .. Leaves], static (context, _, cancellationToken) => DistributionsAsync(new AwsApi(context.Cloud), cancellationToken));

    /// <summary>Ports of Classic Load Balancers in one region.</summary>
    public static CloudSurvey Classic { get; } = new(
        [AwsActions.DescribeLoadBalancers, .. Leaves], static (context, region, cancellationToken) => ClassicAsync(new AwsApi(context.Cloud), region, cancellationToken));

    /// <summary>Listeners of one type of load balancer in one region: the default certificate of each, and every one of its list.</summary>
    /// <param name="type">The API's word: <c>application</c>, <c>network</c>.</param>
    public static CloudSurvey Listeners(string type, Func<string, string, ListenerCertificate, ICloudSettings> settings) => new(
        [AwsActions.DescribeLoadBalancersV2, AwsActions.DescribeListeners, AwsActions.DescribeListenerCertificates, .. Leaves],
        (context, region, cancellationToken) => ListenersAsync(new AwsApi(context.Cloud), type, settings, region, cancellationToken));

    private static async IAsyncEnumerable<FoundBinding> DistributionsAsync(AwsApi api, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var leaves = new AwsLeaves(api);
        await foreach (var one in api.DistributionsAsync(cancellationToken))
        {
            if (ViewerCertificate.Of(one) is not { } bound)
                continue;
            var id = Text(one, "Id");
            yield return new FoundBinding(
                id, new AwsCloudFrontSettings { Account = api.Session.Account.Name, Distributions = [id] }, bound, await leaves.ReadAsync(bound, cancellationToken))
            {
                Name = ViewerCertificate.Aliases(one) is [var first, ..] ? first : null,
                Host = one.Text("DomainName"),
            };
        }
    }

    private static async IAsyncEnumerable<FoundBinding> ListenersAsync(
        AwsApi api, string type, Func<string, string, ListenerCertificate, ICloudSettings> settings, string? region, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (leaves, at) = (new AwsLeaves(api), region ?? api.HomeRegion);
        await foreach (var balancer in api.BalancingPagesAsync(AwsActions.DescribeLoadBalancersV2, at, "LoadBalancers", [], "", cancellationToken))
        {
            if (balancer.Text("Type") != type)
                continue;
            var arn = Text(balancer, "LoadBalancerArn");
            await foreach (var listener in api.BalancingPagesAsync(AwsActions.DescribeListeners, at, "Listeners", [new("LoadBalancerArn", arn)], arn, cancellationToken))
            {
                // Listeners without TLS have none.
                if (!listener.Entries("Certificates").Any())
                    continue;
                var (id, port) = (Text(listener, "ListenerArn"), Port(listener, "Port"));
                await foreach (var one in api.BalancingPagesAsync(AwsActions.DescribeListenerCertificates, at, "Certificates", [new("ListenerArn", id)], id, cancellationToken))
                {
                    var which = one.Text("IsDefault") == "true" ? ListenerCertificate.Default : ListenerCertificate.Sni;
                    var bound = Text(one, "CertificateArn");
                    yield return new FoundBinding(
                        $"{balancer.Text("LoadBalancerName")}:{port}", settings(api.Session.Account.Name, id, which), bound, await leaves.ReadAsync(bound, cancellationToken))
                    {
                        Host = balancer.Text("DNSName"),
                        Port = port,
                    };
                }
            }
        }
    }

    private static async IAsyncEnumerable<FoundBinding> ClassicAsync(AwsApi api, string? region, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (leaves, at) = (new AwsLeaves(api), region ?? api.HomeRegion);
        await foreach (var balancer in api.BalancingPagesAsync(AwsActions.DescribeLoadBalancers, at, "LoadBalancerDescriptions", [], "", cancellationToken))
        {
            var name = Text(balancer, "LoadBalancerName");
            foreach (var listener in balancer.Entries("ListenerDescriptions").Select(static one => one.Child("Listener")).OfType<XElement>())
            {
                if (listener.Text("SSLCertificateId") is not { Length: > 0 } bound)
                    continue;
                var port = Port(listener, "LoadBalancerPort");
                var settings = new AwsClbSettings { Account = api.Session.Account.Name, Region = at, LoadBalancer = name, Ports = [port] };
                yield return new FoundBinding($"{name}:{port}", settings, bound, await leaves.ReadAsync(bound, cancellationToken)) { Host = balancer.Text("DNSName"), Port = port };
            }
        }
    }

    private static string Text(XElement one, string name) => one.Text(name) ?? throw CloudAnswer.Unreadable(name);

    private static int Port(XElement one, string name) =>
        int.TryParse(Text(one, name), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : throw CloudAnswer.Unreadable(name);
}
