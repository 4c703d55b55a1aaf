using System.Xml.Linq;

namespace Certrelay.Targets.Aws;

/// <summary>The part of a distribution's configuration that names its certificate, edited in the document that was read, so that all else goes back as it came.</summary>
internal static class ViewerCertificate
{
    // The last two are former names of the same, which reads still show and writes must not contradict.
    private static readonly string[] Ids = ["CloudFrontDefaultCertificate", "IAMCertificateId", "ACMCertificateArn", "Certificate", "CertificateSource"];

    /// <summary>The ARN of the certificate in ACM, or the id of the one in IAM; null with CloudFront's own.</summary>
    public static string? Of(XElement config) => config.Text("ViewerCertificate", "ACMCertificateArn") ?? config.Text("ViewerCertificate", "IAMCertificateId");

    /// <summary>The names that the distribution answers to besides its own.</summary>
    public static IReadOnlyList<string> Aliases(XElement config) => [.. config.Entries("Aliases", "Items").Select(static one => one.Value)];

    /// <summary>Names another certificate; null: CloudFront's own.</summary>
    public static void Set(XElement config, string? id)
    {
        var space = config.Name.Namespace;
        if (config.Child("ViewerCertificate") is not { } viewer)
            config.Add(viewer = new XElement(space + "ViewerCertificate"));
        // Beside CloudFront's own certificate reads show "vip", which is charged by the month as soon as it stands beside another one.
        if (Of(config) is null || id is null)
            viewer.RemoveNodes();
        viewer.Elements().Where(one => Ids.Contains(one.Name.LocalName, StringComparer.Ordinal)).Remove();
        if (id is null)
        {
            viewer.Add(new XElement(space + "CloudFrontDefaultCertificate", true));
            return;
        }

        viewer.AddFirst(new XElement(space + (id.StartsWith("arn:", StringComparison.Ordinal) ? "ACMCertificateArn" : "IAMCertificateId"), id));
        Default(viewer, "SSLSupportMethod", "sni-only");
        Default(viewer, "MinimumProtocolVersion", "TLSv1.2_2021");
    }

    private static void Default(XElement viewer, string name, string value)
    {
        if (viewer.Child(name) is null)
            viewer.Add(new XElement(viewer.Name.Namespace + name, value));
    }
}
