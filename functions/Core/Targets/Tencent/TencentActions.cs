using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Tencent;

/// <summary>The actions that Tencent's targets call.</summary>
internal static class TencentActions
{
    public static readonly CloudAction UploadCertificate = Of("ssl", nameof(UploadCertificate), writes: true);
    public static readonly CloudAction DescribeCertificates = Of("ssl", nameof(DescribeCertificates));
    public static readonly CloudAction DescribeCertificateDetail = Of("ssl", nameof(DescribeCertificateDetail));
    public static readonly CloudAction DescribeDeployedResources = Of("ssl", nameof(DescribeDeployedResources));
    public static readonly CloudAction DeleteCertificate = Of("ssl", nameof(DeleteCertificate), writes: true);
    public static readonly CloudAction DeployCertificateInstance = Of("ssl", nameof(DeployCertificateInstance), writes: true);
    public static readonly CloudAction DescribeHostDeployRecordDetail = Of("ssl", nameof(DescribeHostDeployRecordDetail));
    public static readonly CloudAction DescribeHostCosInstanceList = Of("ssl", nameof(DescribeHostCosInstanceList));

    public static readonly CloudAction DescribeDomainsConfig = Of("cdn", nameof(DescribeDomainsConfig));
    public static readonly CloudAction UpdateDomainConfig = Of("cdn", nameof(UpdateDomainConfig), writes: true);

    public static readonly CloudAction DescribeLoadBalancers = Of("clb", nameof(DescribeLoadBalancers));
    public static readonly CloudAction DescribeListeners = Of("clb", nameof(DescribeListeners));
    public static readonly CloudAction ModifyListener = Of("clb", nameof(ModifyListener), writes: true);
    public static readonly CloudAction ModifyDomainAttributes = Of("clb", nameof(ModifyDomainAttributes), writes: true);
    public static readonly CloudAction DescribeTaskStatus = Of("clb", nameof(DescribeTaskStatus));

    public static readonly CloudAction DescribeDomains = Of("waf", nameof(DescribeDomains));
    public static readonly CloudAction DescribeDomainDetailsSaas = Of("waf", nameof(DescribeDomainDetailsSaas));
    public static readonly CloudAction DescribeHost = Of("waf", nameof(DescribeHost));
    public static readonly CloudAction ModifySpartaProtection = Of("waf", nameof(ModifySpartaProtection), writes: true);

    /// <summary>What every kind calls on the certificate store.</summary>
    public static readonly IReadOnlyList<CloudAction> Store = [UploadCertificate, DescribeCertificates, DescribeCertificateDetail, DescribeDeployedResources, DeleteCertificate];

    public static readonly IReadOnlyList<CloudAction> Listeners = [DescribeListeners, ModifyListener, ModifyDomainAttributes, DescribeTaskStatus];

    public static readonly IReadOnlyList<CloudAction> Jobs = [DeployCertificateInstance, DescribeHostDeployRecordDetail];

    private static CloudAction Of(string service, string name, bool writes = false) => new(service, name, writes) { Permission = $"{service}:{name}" };
}
