using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Certrelay.Simulators.Aws;

/// <summary>CloudFront over XML, API version 2020-05-31.</summary>
internal static partial class CloudFrontService
{
    private static readonly XNamespace Space = Distribution.Space;

    public static AwsService Service { get; } = new(
        "cloudfront", AwsProtocol.RestXml, Space.NamespaceName, static partition => partition == "aws-cn" ? "cn-northwest-1" : "us-east-1", Find);

    private static AwsAction Find(SimulatorRequest request) => (request.Method, Paths().Match(request.RawPath)) switch
    {
        ("GET", { Success: true } path) when !path.Groups["id"].Success => new("ListDistributions", Writes: false, List),
        ("GET", { Success: true } path) when path.Groups["config"].Success => new("GetDistributionConfig", Writes: false, call => GetConfig(call, IdOf(path))),
        ("GET", { Success: true } path) => new("GetDistribution", Writes: false, call => Get(call, IdOf(path))),
        ("PUT", { Success: true } path) when path.Groups["config"].Success => new("UpdateDistribution", Writes: true, call => Update(call, IdOf(path))),
        _ => throw new AwsFaultException("InvalidAction", "There is no such action.", 404),
    };

    private static SimulatorAnswer GetConfig(AwsCall call, string id)
    {
        var distribution = Known(call, id);
        return Answer(distribution, new XElement(DistributionConfig.Shown(distribution.Config.Latest)));
    }

    private static SimulatorAnswer Get(AwsCall call, string id)
    {
        var distribution = Known(call, id);
        return Answer(distribution, Whole(distribution));
    }

    private static SimulatorAnswer Update(AwsCall call, string id)
    {
        var distribution = Known(call, id);
        if (call.Request.Header("if-match") is not { Length: > 0 } match)
            throw new AwsFaultException("InvalidIfMatchVersion", "The If-Match version is missing or not valid for the resource.");
        if (match != distribution.ETag)
            throw new AwsFaultException("PreconditionFailed", "The request failed because it didn't meet the preconditions in one or more request-header fields.", 412);
        distribution.Change(DistributionConfig.Accept(Body(call.Request), distribution, call.Cloud, call.Partition));
        return Answer(distribution, Whole(distribution));
    }

    private static SimulatorAnswer List(AwsCall call)
    {
        var query = call.Request.Query.ToDictionary(static pair => pair.Key, static pair => pair.Value, StringComparer.Ordinal);
        var size = query.TryGetValue("MaxItems", out var most) ? int.Parse(most, CultureInfo.InvariantCulture) : 100;
        if (size is < 1 or > 100)
            throw new AwsFaultException("InvalidArgument", "MaxItems is 1 to 100.");
        var marker = query.GetValueOrDefault("Marker", "");
        var rest = Own(call).OrderBy(static one => one.Id, StringComparer.Ordinal).Where(one => string.CompareOrdinal(one.Id, marker) > 0).Take(size + 1).ToList();
        var items = rest.Take(size).ToList();
        return AwsAnswers.Xml(200, AwsAnswers.Named(Space, new XElement(
            "DistributionList",
            new XElement("Marker", marker),
            rest.Count > size ? new XElement("NextMarker", items[^1].Id) : null,
            new XElement("MaxItems", size),
            new XElement("IsTruncated", rest.Count > size),
            new XElement("Quantity", items.Count),
            items.Count == 0 ? null : new XElement("Items", items.Select(Summary)),
            new XElement(AwsAnswers.Unknown, "unknown to every client"))));
    }

    private static XElement Summary(Distribution one)
    {
        var shown = DistributionConfig.Shown(one.Config.Latest);
        return new XElement(
            "DistributionSummary",
            new XElement("Id", one.Id),
            new XElement("ARN", one.Arn),
            new XElement("Status", one.Status),
            new XElement("LastModifiedTime", Time(one.Changed)),
            new XElement("DomainName", DomainOf(one)),
            shown.Element(Space + "Aliases"),
            shown.Element(Space + "Comment"),
            shown.Element(Space + "Enabled"),
            shown.Element(Space + "ViewerCertificate"));
    }

    private static XElement Whole(Distribution one) => AwsAnswers.Named(Space, new XElement(
        "Distribution",
        new XElement("Id", one.Id),
        new XElement("ARN", one.Arn),
        new XElement("Status", one.Status),
        new XElement("LastModifiedTime", Time(one.Changed)),
        new XElement("InProgressInvalidationBatches", 0),
        new XElement("DomainName", DomainOf(one)),
        DistributionConfig.Shown(one.Config.Latest),
        new XElement(AwsAnswers.Unknown, "unknown to every client")));

    private static SimulatorAnswer Answer(Distribution distribution, XElement root)
    {
        var answer = AwsAnswers.Xml(200, root);
        return answer with { Headers = new Dictionary<string, string>(answer.Headers, StringComparer.OrdinalIgnoreCase) { ["ETag"] = distribution.ETag } };
    }

    private static XElement Body(SimulatorRequest request)
    {
        if (request.Body.Length == 0)
            throw new AwsFaultException("MissingBody", "This operation requires a body. Ensure that the body is present and the Content-Type header is set.");
        if (request.Header("content-type") is not ("application/xml" or "text/xml"))
            throw new AwsFaultException("MalformedInput", "The Content-Type is not that of XML.");
        try
        {
            using var bytes = new MemoryStream(request.Body);
            return XElement.Load(bytes, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            throw new AwsFaultException("MalformedInput", "The body is no XML.");
        }
    }

    private static Distribution Known(AwsCall call, string id)
    {
        call.About(id);
        return Own(call).FirstOrDefault(one => one.Id == id) ?? throw new AwsFaultException("NoSuchDistribution", "The specified distribution does not exist.", 404);
    }

    private static IEnumerable<Distribution> Own(AwsCall call) =>
        call.Cloud.Distributions.Where(one => one.Arn.StartsWith($"arn:{call.Partition}:", StringComparison.Ordinal));

    private static string DomainOf(Distribution one) => $"d{one.Id.ToLowerInvariant()}.cloudfront.example";

    private static string IdOf(Match path) => Uri.UnescapeDataString(path.Groups["id"].Value);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    [GeneratedRegex("^/2020-05-31/distribution(/(?<id>[^/]+)(?<config>/config)?)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Paths();
}
