using Certrelay.Certificates;

namespace Certrelay.Targets.Alibaba;

/// <summary>Domains of live streaming, which are known to their certificates by name alone.</summary>
/// <remarks>Live API 2016-11-01: https://help.aliyun.com/zh/live/developer-reference/api-live-2016-11-01-setlivedomaincertificate</remarks>
internal static class LiveDomains
{
    private static readonly EdgeApi Edge = new(
        AlibabaActions.DescribeLiveDomainCertificateInfo,
        static info => info.Text("SSLProtocol") == "on"
            ? new EdgeDomain(info.Text("CertName") is { Length: > 0 } name ? name : null, PemLeaf.Of(info.Text("SSLPub"))?.Fingerprint)
            : new EdgeDomain(null, null),
        AlibabaActions.SetLiveDomainCertificate,
        static (name, _) => [new("CertType", "cas"), new("CertName", name)],
        ByName: true);

    /// <summary>A kind whose endpoints are of one sort.</summary>
    public static TargetKind KindOf(string name, string title, params IReadOnlyList<string> gaps) => EdgeDomains.KindOf(
        name, title, Edge, "Live 2016-11-01", "DescribeLiveDomainCertificateInfo until CertName is the certificate's and SSLPub shows it.",
        [.. gaps, "A certificate whose name is no longer in the certificate store cannot be bound again by a restore."]);
}
