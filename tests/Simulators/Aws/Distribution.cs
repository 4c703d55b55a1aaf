using System.Xml.Linq;

namespace Certrelay.Simulators.Aws;

/// <summary>A CloudFront distribution: the configuration as it was written last, and the one that the edge has.</summary>
public sealed class Distribution
{
    private readonly AwsCloud _cloud;

    internal Distribution(AwsCloud cloud, string partition, string id, string etag, XElement config)
    {
        _cloud = cloud;
        (Id, ETag, Arn) = (id, etag, $"arn:{partition}:cloudfront::{AwsCall.AccountId}:distribution/{id}");
        Config = new Settling<XElement>(config, cloud.Time);
        Changed = cloud.Now;
    }

    /// <summary>The namespace of the API.</summary>
    public static XNamespace Space { get; } = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

    public string Id { get; }

    public string Arn { get; }

    /// <summary>What a change must bring back as <c>If-Match</c>.</summary>
    public string ETag { get; private set; }

    /// <summary>A copy of the configuration as it was written last, with what the service filled in.</summary>
    public XElement Configuration
    {
        get
        {
            lock (_cloud.Lock)
                return new XElement(Config.Latest);
        }
    }

    /// <summary>Changes one setting as somebody else would.</summary>
    public void Overwrite(string element, string value)
    {
        lock (_cloud.Lock)
        {
            var config = new XElement(Config.Latest);
            config.Element(Space + element)!.Value = value;
            Change(config);
        }
    }

    internal Settling<XElement> Config { get; }

    internal DateTimeOffset Changed { get; private set; }

    internal string Status => Config.IsSettled ? "Deployed" : "InProgress";

    internal static IEnumerable<string> AliasesOf(XElement config) =>
        config.Element(Space + "Aliases")?.Element(Space + "Items")?.Elements(Space + "CNAME").Select(static one => one.Value) ?? [];

    /// <summary>The ARN of the certificate in ACM, or the id of the one in IAM; null with the service's own.</summary>
    internal static string? CertificateOf(XElement config) => config.Element(Space + "ViewerCertificate") is { } viewer
        ? viewer.Element(Space + "ACMCertificateArn")?.Value ?? viewer.Element(Space + "IAMCertificateId")?.Value
        : null;

    internal void Change(XElement config)
    {
        Config.Set(config, _cloud.Limits.Deployment);
        ETag = NewETag();
        Changed = _cloud.Now;
    }

    /// <summary>An entity tag as CloudFront makes them: <c>E</c> and capitals.</summary>
    internal static string NewETag() => "E" + Convert.ToHexString(Guid.NewGuid().ToByteArray())[..12];
}
