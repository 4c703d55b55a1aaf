using System.Globalization;
using System.Xml.Linq;

namespace Certrelay.Simulators.Aws;

/// <summary>What CloudFront accepts as a whole configuration, and how it shows one.</summary>
internal static class DistributionConfig
{
    private static readonly XNamespace Space = Distribution.Space;

    private static readonly string[] Required = ["CallerReference", "Origins", "DefaultCacheBehavior", "Comment", "Enabled"];

    // What is left out of an update is reset to these, without a word.
    private static readonly XElement[] Defaults =
    [
        Element("Aliases", Element("Quantity", 0)),
        Element("DefaultRootObject"),
        Element("CacheBehaviors", Element("Quantity", 0)),
        Element("CustomErrorResponses", Element("Quantity", 0)),
        Element("Logging", Element("Enabled", false), Element("IncludeCookies", false), Element("Bucket"), Element("Prefix")),
        Element("PriceClass", "PriceClass_All"),
        Element("ViewerCertificate", Element("CloudFrontDefaultCertificate", true)),
        Element("Restrictions", Element("GeoRestriction", Element("RestrictionType", "none"), Element("Quantity", 0))),
        Element("WebACLId"),
        Element("HttpVersion", "http2"),
        Element("IsIPV6Enabled", true),
    ];

    /// <summary>A configuration with one origin, some settings that nobody should lose, and an element that no client knows.</summary>
    public static XElement Make(string reference, IReadOnlyList<string> aliases, string? certificate, string viewerSupport, string viewerProtocol)
    {
        var config = Element(
            "DistributionConfig",
            Element("CallerReference", reference),
            Element("Aliases", Element("Quantity", aliases.Count), aliases.Count == 0 ? null : Element("Items", [.. aliases.Select(static name => Element("CNAME", name))])),
            Element("DefaultRootObject", "index.html"),
            Element("Origins", Element("Quantity", 1), Element("Items", Element(
                "Origin", Element("Id", "origin-1"), Element("DomainName", "origin.example.com"), Element("OriginPath"), Element("CustomHeaders", Element("Quantity", 0))))),
            Element("DefaultCacheBehavior", Element("TargetOriginId", "origin-1"), Element("ViewerProtocolPolicy", "redirect-to-https"), Element("Compress", true)),
            Element("Comment", "shop <1> & \"two\" – 中文"),
            Element("PriceClass", "PriceClass_100"),
            Element("Enabled", true),
            Element("ViewerCertificate", certificate is null
                ? [Element("CloudFrontDefaultCertificate", true)]
                :
                [
                    Element(certificate.StartsWith("arn:", StringComparison.Ordinal) ? "ACMCertificateArn" : "IAMCertificateId", certificate),
                    Element("SSLSupportMethod", viewerSupport),
                    Element("MinimumProtocolVersion", viewerProtocol),
                ]),
            Element("WebACLId", "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/1"),
            Element("HttpVersion", "http2and3"),
            Element(AwsAnswers.Unknown, Element("Kind", "unknown to every client")));
        return Complete(config);
    }

    /// <summary>The configuration as reads show it: its certificate named once more under two names that are no longer used, and beside the
    /// service's own one two settings that nobody made.</summary>
    public static XElement Shown(XElement config)
    {
        var shown = new XElement(config);
        var viewer = shown.Element(Space + "ViewerCertificate")!;
        viewer.AddFirst(viewer.Element(Space + "CloudFrontDefaultCertificate") is null ? Element("CloudFrontDefaultCertificate", false) : null);
        if (Distribution.CertificateOf(config) is { } id)
            viewer.Add(Element("Certificate", id), Element("CertificateSource", id.StartsWith("arn:", StringComparison.Ordinal) ? "acm" : "iam"));
        else
            viewer.Add(Element("SSLSupportMethod", "vip"), Element("MinimumProtocolVersion", "TLSv1"), Element("CertificateSource", "cloudfront"));
        return shown;
    }

    /// <summary>What an update makes of a distribution; throws <see cref="AwsFaultException"/>.</summary>
    public static XElement Accept(XElement sent, Distribution distribution, AwsCloud cloud, string partition)
    {
        if (sent.Name != Space + "DistributionConfig")
            throw new AwsFaultException("MalformedInput", "The body is no DistributionConfig of this API version.");
        if (Array.Find(Required, name => sent.Element(Space + name) is null) is { } missing)
            throw new AwsFaultException("InvalidArgument", $"The parameter {missing} is required.");
        if (sent.Element(Space + "CallerReference")!.Value != distribution.Config.Latest.Element(Space + "CallerReference")!.Value)
            throw new AwsFaultException("IllegalUpdate", "The update contains modifications that are not allowed.");
        foreach (var quantity in sent.Descendants(Space + "Quantity"))
        {
            var items = quantity.Parent!.Element(Space + "Items")?.Elements().Count() ?? 0;
            if (quantity.Value != items.ToString(CultureInfo.InvariantCulture))
                throw new AwsFaultException("InconsistentQuantities", "The value of Quantity and the size of Items don't match.");
        }

        var config = Complete(new XElement(sent));
        CheckViewer(config, cloud, partition);
        var aliases = Distribution.AliasesOf(config).ToList();
        if (cloud.Distributions.Where(one => one != distribution).SelectMany(one => Distribution.AliasesOf(one.Config.Latest)).Intersect(aliases, StringComparer.OrdinalIgnoreCase).Any())
            throw new AwsFaultException("CNAMEAlreadyExists", "One or more of the CNAMEs you provided are already associated with a different resource.", 409);
        return config;
    }

    private static XElement Complete(XElement config)
    {
        config.Add(Defaults.Where(one => config.Element(one.Name) is null).Select(static one => new XElement(one)));
        return config;
    }

    private static void CheckViewer(XElement config, AwsCloud cloud, string partition)
    {
        var viewer = config.Element(Space + "ViewerCertificate")!;
        var (arn, id) = (viewer.Element(Space + "ACMCertificateArn")?.Value, viewer.Element(Space + "IAMCertificateId")?.Value);
        var byDefault = viewer.Element(Space + "CloudFrontDefaultCertificate")?.Value == "true";
        if ((arn is null ? 0 : 1) + (id is null ? 0 : 1) + (byDefault ? 1 : 0) != 1)
            throw Refused("Exactly one certificate must be named.");
        if (viewer.Element(Space + "Certificate")?.Value is { } former && former != (arn ?? id))
            throw Refused("Certificate names another certificate than ACMCertificateArn or IAMCertificateId.");
        viewer.Elements().Where(static one => one.Name.LocalName is "Certificate" or "CertificateSource" || one is { Name.LocalName: "CloudFrontDefaultCertificate", Value: "false" }).Remove();
        if (byDefault)
        {
            viewer.Elements().Where(static one => one.Name.LocalName is "SSLSupportMethod" or "MinimumProtocolVersion").Remove();
            if (Distribution.AliasesOf(config).Any())
                throw Refused("Aliases need a certificate that covers them.");
            return;
        }

        if (viewer.Element(Space + "MinimumProtocolVersion") is null || viewer.Element(Space + "SSLSupportMethod") is null)
            throw Refused("MinimumProtocolVersion and SSLSupportMethod are required with a certificate of your own.");
        // https://docs.amazonaws.cn/en_us/aws/latest/userguide/cloudfront.html: only certificates of IAM there; elsewhere only ACM's of one region.
        var material = arn is not null && partition == "aws" ? cloud.Find(arn, "us-east-1")
            : cloud.ServerCertificates.Find(one => one.Id == id && one.Path.StartsWith("/cloudfront/", StringComparison.Ordinal) && one.VisibleFrom <= cloud.Now)?.Material;
        if (material is null)
            throw Refused("The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.");
        if (material.KeyType is not ("RSA_1024" or "RSA_2048" or "RSA_3072" or "EC_prime256v1"))
            throw Refused("The specified SSL certificate has a key that is not supported.");
        if (material.Leaf.NotAfter.ToUniversalTime() < cloud.Now.UtcDateTime)
            throw Refused("The specified SSL certificate has expired.");
        if (Distribution.AliasesOf(config).FirstOrDefault(name => !material.Served.Covers(name) && !material.Served.Names.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } uncovered)
            throw Refused($"The certificate that is attached to your distribution doesn't cover the alternate domain name {uncovered} (CNAME).");
    }

    private static AwsFaultException Refused(string message) => new("InvalidViewerCertificate", message);

    private static XElement Element(string name, params object?[] content) => new(Space + name, content);
}
