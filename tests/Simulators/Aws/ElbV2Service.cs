using System.Xml.Linq;

namespace Certrelay.Simulators.Aws;

/// <summary>Application and Network Load Balancers, API version 2015-12-01.</summary>
internal static class ElbV2Service
{
    private const string CertificateField = ".CertificateArn";

    private static readonly string[] Bind = ["ListenerArn", "Certificates.member.#.CertificateArn", "Certificates.member.#.IsDefault"];

    public static AwsService Service { get; } = QueryActions.Service(
        "elbv2", "2015-12-01", "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/", scope: null,
        new Dictionary<string, QueryAction>(StringComparer.Ordinal)
        {
            ["DescribeLoadBalancers"] = new(Writes: false, ["LoadBalancerArns.member.#", "Names.member.#", "Marker", "PageSize"], DescribeLoadBalancers),
            ["DescribeListeners"] = new(Writes: false, ["LoadBalancerArn", "ListenerArns.member.#", "Marker", "PageSize"], DescribeListeners),
            ["DescribeListenerCertificates"] = new(Writes: false, ["ListenerArn", "Marker", "PageSize"], DescribeListenerCertificates),
            ["ModifyListener"] = new(Writes: true, [.. Bind, "Port", "Protocol", "SslPolicy"], Modify),
            ["AddListenerCertificates"] = new(Writes: true, Bind, Add),
            ["RemoveListenerCertificates"] = new(Writes: true, Bind, Remove),
        });

    private static IEnumerable<XElement> DescribeLoadBalancers(QueryCall call)
    {
        var (arns, names) = (call.Members("LoadBalancerArns"), call.Members("Names"));
        call.Call.About(arns.Concat(names).FirstOrDefault() ?? "");
        var all = Here(call).Where(one => (arns.Count == 0 || arns.Contains(one.Arn)) && (names.Count == 0 || names.Contains(one.Name))).ToList();
        if (all.Count == 0 && arns.Count + names.Count > 0)
            throw new AwsFaultException("LoadBalancerNotFound", "One or more load balancers not found");
        var (items, next) = call.Page(all, call.Number("PageSize", 400, 400));
        yield return new XElement("LoadBalancers", items.Select(static one => new XElement(
            "member",
            new XElement("LoadBalancerArn", one.Arn),
            new XElement("DNSName", $"{one.Name}.elb.example"),
            new XElement("LoadBalancerName", one.Name),
            new XElement("Scheme", "internet-facing"),
            new XElement("State", new XElement("Code", "active")),
            new XElement("Type", one.Kind == LoadBalancerKind.Application ? "application" : "network"))));
        if (next is not null)
            yield return new XElement("NextMarker", next);
    }

    private static IEnumerable<XElement> DescribeListeners(QueryCall call)
    {
        var (balancer, arns) = (call.Optional("LoadBalancerArn"), call.Members("ListenerArns"));
        call.Call.About(balancer ?? (arns is [var first, ..] ? first : ""));
        if ((balancer is null) == (arns.Count == 0))
            throw new AwsFaultException("ValidationError", "You must specify either listener ARNs or a load balancer ARN");
        var all = balancer is null ? arns.Select(arn => Find(call, arn))
            : Here(call).FirstOrDefault(one => one.Arn == balancer)?.Listeners
                ?? throw new AwsFaultException("LoadBalancerNotFound", $"Load balancer '{balancer}' not found");
        var (items, next) = call.Page(all, call.Number("PageSize", 400, 400));
        yield return new XElement("Listeners", items.Select(Describe));
        if (next is not null)
            yield return new XElement("NextMarker", next);
    }

    private static IEnumerable<XElement> DescribeListenerCertificates(QueryCall call)
    {
        var binding = Named(call).Binding.Latest;
        var (items, next) = call.Page(
            (binding.Default is { } arn ? [(arn, true)] : Array.Empty<(string, bool)>()).Concat(binding.Further.Select(static one => (one, false))),
            call.Number("PageSize", 400, 400));
        yield return new XElement("Certificates", items.Select(static one => new XElement(
            "member", new XElement("CertificateArn", one.Item1), new XElement("IsDefault", one.Item2))));
        if (next is not null)
            yield return new XElement("NextMarker", next);
    }

    private static IEnumerable<XElement> Modify(QueryCall call)
    {
        var listener = Named(call);
        var arn = Certificate(call, listener);
        listener.Bind(listener.Binding.Latest with { Default = arn });
        yield return new XElement("Listeners", Describe(listener));
    }

    private static IEnumerable<XElement> Add(QueryCall call)
    {
        var listener = Named(call);
        var arn = Certificate(call, listener);
        var binding = listener.Binding.Latest;
        if (!binding.Further.Contains(arn))
        {
            if (binding.Further.Count >= call.Cloud.Limits.ListenerCertificates)
                throw new AwsFaultException("TooManyCertificates", "You've reached the limit on the number of certificates per load balancer");
            listener.Bind(binding with { Further = [.. binding.Further, arn] });
        }

        yield return new XElement("Certificates", new XElement("member", new XElement("CertificateArn", arn), new XElement("IsDefault", false)));
    }

    private static IEnumerable<XElement> Remove(QueryCall call)
    {
        var listener = Named(call);
        if (call.Members("Certificates", CertificateField) is not [var arn])
            throw new AwsFaultException("ValidationError", "Exactly one certificate must be specified");
        var binding = listener.Binding.Latest;
        if (!binding.Further.Contains(arn) && binding.Default == arn)
            throw new AwsFaultException("OperationNotPermitted", $"Default certificate '{arn}' cannot be removed from listener");
        listener.Bind(binding with { Further = [.. binding.Further.Where(one => one != arn)] });
        return [];
    }

    private static string Certificate(QueryCall call, Listener listener)
    {
        if (call.Members("Certificates", CertificateField) is not [var arn])
            throw new AwsFaultException("ValidationError", "Exactly one certificate must be specified");
        if (call.Members("Certificates", ".IsDefault").Count > 0)
            throw new AwsFaultException("ValidationError", "You cannot specify IsDefault");
        if (listener.Tls is null)
            throw new AwsFaultException("UnsupportedProtocol", $"Certificates cannot be specified for {listener.Protocol} listeners");
        return call.Cloud.Find(arn, call.Call.Region) is not null ? arn : throw new AwsFaultException("CertificateNotFound", $"Certificate '{arn}' not found");
    }

    private static Listener Named(QueryCall call)
    {
        var arn = call.Required("ListenerArn");
        call.Call.About(arn);
        return Find(call, arn);
    }

    private static Listener Find(QueryCall call, string arn) =>
        Here(call).SelectMany(static one => one.Listeners).FirstOrDefault(one => one.Arn == arn)
        ?? throw new AwsFaultException("ListenerNotFound", $"One or more listeners not found: {arn}");

    private static IEnumerable<LoadBalancer> Here(QueryCall call) =>
        call.Cloud.LoadBalancers.Where(one => one.Kind != LoadBalancerKind.Classic && one.Region == call.Call.Region);

    // Only the default certificate is shown here, without IsDefault.
    private static XElement Describe(Listener listener) => new(
        "member",
        new XElement("ListenerArn", listener.Arn),
        new XElement("LoadBalancerArn", listener.Balancer.Arn),
        new XElement("Port", listener.Port),
        new XElement("Protocol", listener.Protocol),
        listener.DefaultCertificate is { } arn ? new XElement("Certificates", new XElement("member", new XElement("CertificateArn", arn))) : null,
        new XElement("DefaultActions", new XElement("member", new XElement("Type", "forward"))));
}
