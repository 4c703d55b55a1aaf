using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Certrelay.Simulators.Alibaba;

/// <summary>OSS 2019-05-17, as far as a bucket's own domains go: a change names what it replaces, or forces it.</summary>
internal sealed class OssProduct(AlibabaWorld world)
{
    public List<string> Buckets { get; } = [];

    /// <summary>The answer to a call on a bucket, and what the call was.</summary>
    public (SimulatorAnswer Answer, string Action, string About) Answer(SimulatorRequest request, string bucket)
    {
        if (!Buckets.Contains(bucket))
            throw new AlibabaFault(404, "NoSuchBucket", "The specified bucket does not exist.");
        var query = request.Query.Select(static one => $"{one.Key}={one.Value}").Order(StringComparer.Ordinal).ToList();
        return (request.Method, string.Join('&', query)) switch
        {
            ("GET", "cname=") => (Xml(List(bucket)), "oss.ListCname", bucket),
            ("POST", "cname=&comp=add") => Put(request, bucket),
            _ => throw new AlibabaFault(405, "MethodNotAllowed", "The specified method is not allowed against this resource."),
        };
    }

    public static SimulatorAnswer Refusal(AlibabaFault fault) => SimulatorAnswer.Of(
        fault.Status, "application/xml", new XElement("Error", new XElement("Code", fault.Code), new XElement("Message", fault.Message), new XElement("RequestId", "0"), new XElement("HostId", "simulated")).ToString());

    private static SimulatorAnswer Xml(XElement answer) => SimulatorAnswer.Of(200, "application/xml", $"""<?xml version="1.0" encoding="UTF-8"?>{answer}""");

    private IEnumerable<AlibabaPlace> In(string bucket) => world.Places.Where(place => place.Product == "OSS" && place.Settings["bucket"] == bucket);

    private XElement List(string bucket) => new("ListCnameResult", new XElement("Bucket", bucket), In(bucket).Select(static place => new XElement("Cname",
        new XElement("Domain", place.Id),
        new XElement("Status", "Enabled"),
        place.Certificate is not { } bound ? null : new XElement("Certificate",
            new XElement("Type", "CAS"),
            new XElement("CertId", bound.Identifier),
            new XElement("Status", "Enabled"),
            new XElement("Fingerprint", bound.Certificate.Leaf.Thumbprint),
            new XElement("ValidEndDate", bound.Certificate.Leaf.NotAfter.ToUniversalTime().ToString("R", CultureInfo.InvariantCulture))))));

    private (SimulatorAnswer Answer, string Action, string About) Put(SimulatorRequest request, string bucket)
    {
        if (request.Body is [0xEF, 0xBB, ..])
            throw new AlibabaFault(400, "MalformedXML", "The XML begins with a byte order mark.");
        XElement body;
        try
        {
            body = XElement.Parse(Encoding.UTF8.GetString(request.Body));
        }
        catch (XmlException)
        {
            throw new AlibabaFault(400, "MalformedXML", "The XML is malformed.");
        }

        var cname = body.Element("Cname");
        var wanted = cname?.Element("CertificateConfiguration");
        var domain = cname?.Element("Domain")?.Value ?? throw AlibabaFault.Missing("Domain");
        var place = In(bucket).FirstOrDefault(place => place.Id == domain) ?? throw new AlibabaFault(403, "NeedVerifyDomainOwnership", "You should verify the ownership of the domain.");
        if (world.Refused.Contains(domain))
            throw new AlibabaFault(400, "InvalidArgument", "The domain does not take it.");
        if (wanted?.Element("Force")?.Value != "true" && wanted?.Element("PreviousCertId")?.Value != place.Certificate?.Identifier)
            throw new AlibabaFault(409, "PreviousCertIdMismatch", "The previous certificate is another one.");
        place.Bind(wanted?.Element("CertId")?.Value, world.ByIdentifier(wanted?.Element("CertId")?.Value));
        return (new SimulatorAnswer(200, "application/xml", []), "oss.PutCname", domain);
    }
}
