using Certrelay.Certificates;

namespace Certrelay.Targets.Alibaba;

/// <summary>Binds a certificate of the store to DCDN domains.</summary>
/// <remarks>DCDN API 2018-01-15: https://help.aliyun.com/zh/dcdn/developer-reference/api-dcdn-2018-01-15-setdcdndomainsslcertificate</remarks>
internal static class AlibabaDcdnTarget
{
    private static readonly EdgeApi Edge = new(
        AlibabaActions.DescribeDcdnDomainCertificateInfo,
        static info => info.Text("SSLProtocol") == "on"
            ? new EdgeDomain(info.Text("CertId") is { Length: > 0 } id ? id : null, PemLeaf.Of(info.Text("SSLPub"))?.Fingerprint)
            : new EdgeDomain(null, null),
        AlibabaActions.SetDcdnDomainSslCertificate,
        EdgeApi.ByNumber)
    {
        Sm = new EdgeSmApi(
            AlibabaActions.DescribeDcdnSmCertificateList, "CertificateListModel.CertList", AlibabaActions.DescribeDcdnSmCertificateDetail, AlibabaActions.SetDcdnDomainSmCertificate),
    };

    public static TargetKind Kind { get; } = EdgeDomains.KindOf(
        "alibaba-dcdn", "Alibaba Cloud DCDN domains", Edge, "DCDN 2018-01-15", "DescribeDcdnDomainCertificateInfo until CertId is the certificate's; for SM2 DescribeDcdnSMCertificateList until it lists the identifier, whose SignCertificate is compared.",
        "A certificate that was given to DCDN itself and is not in the certificate store cannot be bound again by a restore: put it into the store first.",
        "SM2 (a pair): set beside the ordinary certificate, which must be there and stays; no handshake from here shows it. Name the domain in two targets, the one for SM2 without an endpoint.",
        "Of several SM2 certificates that a domain lists it is not told which is served: one of them is bound by the call, and a restore cannot tell which it was.");
}
