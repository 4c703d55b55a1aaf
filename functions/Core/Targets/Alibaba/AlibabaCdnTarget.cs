using System.Runtime.CompilerServices;
using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Alibaba;

/// <summary>Binds a certificate of the store to CDN domains.</summary>
/// <remarks>CDN API 2018-05-10: https://help.aliyun.com/zh/cdn/developer-reference/api-cdn-2018-05-10-setcdndomainsslcertificate</remarks>
internal static class AlibabaCdnTarget
{
    private const int Page = 500;

    private static readonly EdgeApi Edge = new(
        AlibabaActions.DescribeDomainCertificateInfo,
        static info => info.Text("ServerCertificateStatus") == "on"
            ? new EdgeDomain(info.Text("CertId") is { Length: > 0 } id ? id : null, PemLeaf.Of(info.Text("ServerCertificate"))?.Fingerprint)
            : new EdgeDomain(null, null),
        AlibabaActions.SetCdnDomainSslCertificate,
        EdgeApi.ByNumber)
    {
        Sm = new EdgeSmApi(
            AlibabaActions.DescribeCdnSmCertificateList, "CertificateListModel.CertList.Cert", AlibabaActions.DescribeCdnSmCertificateDetail, AlibabaActions.SetCdnDomainSmCertificate),
    };

    public static TargetKind Kind { get; } = With(EdgeDomains.KindOf(
        "alibaba-cdn", "Alibaba Cloud CDN domains", Edge, "CDN 2018-05-10", "DescribeDomainCertificateInfo until CertId is the certificate's; for SM2 DescribeCdnSMCertificateList until it lists the identifier, whose SignCertificate is compared.",
        "A certificate that was given to CDN itself and is not in the certificate store cannot be bound again by a restore: put it into the store first.",
        "SM2 (a pair): set beside the ordinary certificate, which must be there and stays; no handshake from here shows it. Name the domain in two targets, the one for SM2 without an endpoint.",
        "Of several SM2 certificates that a domain lists it is not told which is served: one of them is bound by the call, and a restore cannot tell which it was."));

    private static TargetKind With(TargetKind kind) => kind with
    {
        Cloud = kind.Cloud! with
        {
            Survey = new CloudSurvey(
                [AlibabaActions.DescribeUserDomains, AlibabaActions.DescribeDomainCertificateInfo],
                static (context, _, cancellationToken) => FindAsync(new AlibabaApi(context.Cloud), cancellationToken)),
        },
    };

    private static async IAsyncEnumerable<FoundBinding> FindAsync(AlibabaApi api, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int page = 1, seen = 0; ; page++)
        {
            var (domains, total) = await api.CallAsync(
                AlibabaActions.DescribeUserDomains, [new("PageNumber", $"{page}"), new("PageSize", $"{Page}")],
                static answer => (answer.List("Domains.PageData").Select(static one => one.Text("DomainName") ?? "").ToList(), answer.Number("TotalCount")), "", cancellationToken);
            foreach (var domain in domains)
            {
                var (bound, leaf) = await api.CallAsync(AlibabaActions.DescribeDomainCertificateInfo, [new("DomainName", domain)], Certificate, domain, cancellationToken);
                var name = domain.StartsWith('.') ? $"*{domain}" : domain;
                if (bound is not null)
                    yield return new FoundBinding(name, new AlibabaDomainsSettings { Account = api.Session.Account.Name, Domains = [name] }, bound, leaf) { Name = name };
            }

            seen += domains.Count;
            if (domains.Count == 0 || seen >= total)
                yield break;
        }
    }

    private static (string? Bound, CertificateRecord? Leaf) Certificate(JsonElement answer) => answer.At("CertInfos.CertInfo.0") is { } info
        ? (Edge.Parse(info).Bound, PemLeaf.Of(info.Text("ServerCertificate")))
        : (null, null);
}
