namespace Certrelay.Targets.Alibaba;

/// <summary>Binds a certificate of the store to domains of ApsaraVideo VOD.</summary>
/// <remarks>VOD API 2017-03-21: https://help.aliyun.com/zh/vod/developer-reference/api-vod-2017-03-21-setvoddomainsslcertificate</remarks>
internal static class AlibabaVodTarget
{
    private static readonly EdgeApi Edge = new(
        AlibabaActions.DescribeVodDomainCertificateInfo,
        static info => info.Text("ServerCertificateStatus") == "on" ? new EdgeDomain(info.Text("CertId") is { Length: > 0 } id ? id : null, null) : new EdgeDomain(null, null),
        AlibabaActions.SetVodDomainSslCertificate,
        EdgeApi.ByNumber)
    {
        Region = static api => api.Session.Account.Region ?? "cn-shanghai",
    };

    public static TargetKind Kind { get; } = EdgeDomains.KindOf(
        "alibaba-vod", "Alibaba Cloud VOD domains", Edge, "VOD 2017-03-21", "DescribeVodDomainCertificateInfo until CertId is the certificate's.",
        "A certificate that was given to VOD itself and is not in the certificate store cannot be bound again by a restore: put it into the store first.");
}
