using System.Globalization;
using System.Xml.Linq;

namespace Certrelay.Simulators.Aws;

/// <summary>Classic Load Balancers, API version 2012-06-01.</summary>
internal static class ClassicService
{
    public const string Version = "2012-06-01";

    public static AwsService Service { get; } = QueryActions.Service(
        "elb", Version, "http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/", scope: null,
        new Dictionary<string, QueryAction>(StringComparer.Ordinal)
        {
            ["DescribeLoadBalancers"] = new(Writes: false, ["LoadBalancerNames.member.#", "Marker", "PageSize"], Describe),
            ["SetLoadBalancerListenerSSLCertificate"] = new(Writes: true, ["LoadBalancerName", "LoadBalancerPort", "SSLCertificateId"], SetCertificate),
        });

    private static IEnumerable<XElement> Describe(QueryCall call)
    {
        var names = call.Members("LoadBalancerNames");
        call.Call.About(names is [var only] ? only : "");
        var wanted = names.Count > 0
            ? names.Select(name => Find(call, name))
            : call.Cloud.LoadBalancers.Where(one => one.Kind == LoadBalancerKind.Classic && one.Region == call.Call.Region);
        var (items, next) = call.Page(wanted, call.Number("PageSize", 400, 400));
        yield return new XElement("LoadBalancerDescriptions", items.Select(static one => new XElement(
            "member",
            new XElement("LoadBalancerName", one.Name),
            new XElement("DNSName", $"{one.Name}.elb.example"),
            new XElement("Scheme", "internet-facing"),
            new XElement("ListenerDescriptions", one.Listeners.Select(static listener => new XElement(
                "member",
                new XElement("PolicyNames"),
                new XElement(
                    "Listener",
                    new XElement("Protocol", listener.Protocol),
                    new XElement("LoadBalancerPort", listener.Port),
                    new XElement("InstanceProtocol", "HTTP"),
                    new XElement("InstancePort", 80),
                    listener.DefaultCertificate is { } arn ? new XElement("SSLCertificateId", arn) : null)))))));
        if (next is not null)
            yield return new XElement("NextMarker", next);
    }

    private static IEnumerable<XElement> SetCertificate(QueryCall call)
    {
        var (name, port, arn) = (call.Required("LoadBalancerName"), call.Required("LoadBalancerPort"), call.Required("SSLCertificateId"));
        call.Call.About($"{name}:{port}");
        var listener = Find(call, name).Listeners.FirstOrDefault(one => one.Port.ToString(CultureInfo.InvariantCulture) == port)
            ?? throw new AwsFaultException("ListenerNotFound", $"There is no listener at port {port}");
        if (listener.Tls is null)
            throw new AwsFaultException("InvalidConfigurationRequest", "Listener does not support SSL certificates", 409);
        if (call.Cloud.Find(arn, call.Call.Region) is null)
            throw new AwsFaultException("CertificateNotFound", $"Server Certificate not found for the key: {arn}");
        listener.Bind(listener.Binding.Latest with { Default = arn });
        return [];
    }

    private static LoadBalancer Find(QueryCall call, string name) =>
        call.Cloud.LoadBalancers.Find(one => one.Kind == LoadBalancerKind.Classic && one.Region == call.Call.Region && one.Name == name)
        ?? throw new AwsFaultException("LoadBalancerNotFound", $"There is no ACTIVE Load Balancer named '{name}'");
}
