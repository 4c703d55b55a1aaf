using System.Collections.Frozen;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Alibaba;

/// <summary>The actions that Alibaba Cloud's targets call.</summary>
internal static class AlibabaActions
{
    public static readonly CloudAction UploadUserCertificate = Cas(nameof(UploadUserCertificate), writes: true);
    public static readonly CloudAction ListUserCertificateOrder = Cas(nameof(ListUserCertificateOrder));
    public static readonly CloudAction GetUserCertificateDetail = Cas(nameof(GetUserCertificateDetail));
    public static readonly CloudAction ListCloudResources = Cas(nameof(ListCloudResources));
    public static readonly CloudAction DeleteUserCertificate = Cas(nameof(DeleteUserCertificate), writes: true);

    public static readonly CloudAction DescribeUserDomains = Of("cdn", nameof(DescribeUserDomains));
    public static readonly CloudAction DescribeDomainCertificateInfo = Of("cdn", nameof(DescribeDomainCertificateInfo));
    public static readonly CloudAction SetCdnDomainSslCertificate = Of("cdn", "SetCdnDomainSSLCertificate", writes: true);
    public static readonly CloudAction DescribeCdnSmCertificateList = Of("cdn", "DescribeCdnSMCertificateList");
    public static readonly CloudAction DescribeCdnSmCertificateDetail = Of("cdn", "DescribeCdnSMCertificateDetail");
    public static readonly CloudAction SetCdnDomainSmCertificate = Of("cdn", "SetCdnDomainSMCertificate", writes: true);

    public static readonly CloudAction DescribeDcdnDomainCertificateInfo = Of("dcdn", nameof(DescribeDcdnDomainCertificateInfo));
    public static readonly CloudAction SetDcdnDomainSslCertificate = Of("dcdn", "SetDcdnDomainSSLCertificate", writes: true);
    public static readonly CloudAction DescribeDcdnSmCertificateList = Of("dcdn", "DescribeDcdnSMCertificateList");
    public static readonly CloudAction DescribeDcdnSmCertificateDetail = Of("dcdn", "DescribeDcdnSMCertificateDetail");
    public static readonly CloudAction SetDcdnDomainSmCertificate = Of("dcdn", "SetDcdnDomainSMCertificate", writes: true);
    public static readonly CloudAction DescribeLiveDomainCertificateInfo = Of("live", nameof(DescribeLiveDomainCertificateInfo));
    public static readonly CloudAction SetLiveDomainCertificate = Of("live", nameof(SetLiveDomainCertificate), writes: true);
    public static readonly CloudAction DescribeVodDomainCertificateInfo = Of("vod", nameof(DescribeVodDomainCertificateInfo));
    public static readonly CloudAction SetVodDomainSslCertificate = Of("vod", "SetVodDomainSSLCertificate", writes: true);

    public static readonly CloudAction DescribeInstance = Of("waf", nameof(DescribeInstance), ram: "yundun-waf");
    public static readonly CloudAction DescribeDomainDetail = Of("waf", nameof(DescribeDomainDetail), ram: "yundun-waf");
    public static readonly CloudAction ModifyDomainCert = Of("waf", nameof(ModifyDomainCert), writes: true, ram: "yundun-waf");
    public static readonly CloudAction ModifyDomain = Of("waf", nameof(ModifyDomain), writes: true, ram: "yundun-waf");

    public static readonly CloudAction ListSites = Of("esa", nameof(ListSites));
    public static readonly CloudAction ListCertificates = Of("esa", nameof(ListCertificates));
    public static readonly CloudAction SetCertificate = Of("esa", nameof(SetCertificate), writes: true);

    public static readonly CloudAction AlbGetListenerAttribute = Of("alb", "GetListenerAttribute");
    public static readonly CloudAction AlbListListenerCertificates = Of("alb", "ListListenerCertificates");
    public static readonly CloudAction AlbUpdateListenerAttribute = Of("alb", "UpdateListenerAttribute", writes: true);
    public static readonly CloudAction AlbAssociate = Of("alb", "AssociateAdditionalCertificatesWithListener", writes: true);
    public static readonly CloudAction AlbDissociate = Of("alb", "DissociateAdditionalCertificatesFromListener", writes: true);

    public static readonly CloudAction AlbListAsynJobs = Of("alb", "ListAsynJobs");

    public static readonly CloudAction NlbGetListenerAttribute = Of("nlb", "GetListenerAttribute");
    public static readonly CloudAction NlbListListenerCertificates = Of("nlb", "ListListenerCertificates");
    public static readonly CloudAction NlbUpdateListenerAttribute = Of("nlb", "UpdateListenerAttribute", writes: true);
    public static readonly CloudAction NlbAssociate = Of("nlb", "AssociateAdditionalCertificatesWithListener", writes: true);

    // Not a slip: the two load balancers spell it differently.
    public static readonly CloudAction NlbDisassociate = Of("nlb", "DisassociateAdditionalCertificatesWithListener", writes: true);

    public static readonly CloudAction NlbGetJobStatus = Of("nlb", "GetJobStatus");

    public static readonly CloudAction GaDescribeListener = Of("ga", "DescribeListener");
    public static readonly CloudAction GaListListenerCertificates = Of("ga", "ListListenerCertificates");
    public static readonly CloudAction GaUpdateListener = Of("ga", "UpdateListener", writes: true);
    public static readonly CloudAction GaUpdateAdditional = Of("ga", "UpdateAdditionalCertificateWithListener", writes: true);

    public static readonly CloudAction UploadServerCertificate = Of("slb", nameof(UploadServerCertificate), writes: true);
    public static readonly CloudAction DescribeServerCertificates = Of("slb", nameof(DescribeServerCertificates));
    public static readonly CloudAction DeleteServerCertificate = Of("slb", nameof(DeleteServerCertificate), writes: true);
    public static readonly CloudAction DescribeHttpsListener = Of("slb", "DescribeLoadBalancerHTTPSListenerAttribute");
    public static readonly CloudAction SetHttpsListener = Of("slb", "SetLoadBalancerHTTPSListenerAttribute", writes: true);
    public static readonly CloudAction SetDomainExtensionAttribute = Of("slb", nameof(SetDomainExtensionAttribute), writes: true);

    public static readonly CloudAction DescribeIngress = Of("sae", nameof(DescribeIngress));
    public static readonly CloudAction UpdateIngress = Of("sae", nameof(UpdateIngress), writes: true);

    public static readonly CloudAction ListGatewayDomain = Of("mse", nameof(ListGatewayDomain));
    public static readonly CloudAction UpdateSslCert = Of("mse", "UpdateSSLCert", writes: true);

    public static readonly CloudAction ListCname = Of("oss", nameof(ListCname));
    public static readonly CloudAction PutCname = Of("oss", nameof(PutCname), writes: true);

    public static readonly CloudAction ListDomains = Of("apig", nameof(ListDomains));
    public static readonly CloudAction GetDomain = Of("apig", nameof(GetDomain));
    public static readonly CloudAction UpdateDomain = Of("apig", nameof(UpdateDomain), writes: true);

    public static readonly CloudAction DescribeDomain = Of("apigateway", nameof(DescribeDomain));
    public static readonly CloudAction SetDomainCertificate = Of("apigateway", nameof(SetDomainCertificate), writes: true);

    public static readonly CloudAction FcGetCustomDomain = Of("fc", "GetCustomDomain");
    public static readonly CloudAction FcUpdateCustomDomain = Of("fc", "UpdateCustomDomain", writes: true);
    public static readonly CloudAction Fc2GetCustomDomain = Of("fc2", "GetCustomDomain", ram: "fc");
    public static readonly CloudAction Fc2UpdateCustomDomain = Of("fc2", "UpdateCustomDomain", writes: true, ram: "fc");

    public static readonly CloudAction ListGatewayDomains = Of("eas", nameof(ListGatewayDomains));
    public static readonly CloudAction AttachGatewayDomain = Of("eas", nameof(AttachGatewayDomain), writes: true);
    public static readonly CloudAction DetachGatewayDomain = Of("eas", nameof(DetachGatewayDomain), writes: true);

    public static readonly CloudAction DescribeWebRules = Of("ddoscoo", nameof(DescribeWebRules), ram: "yundun-ddoscoo");
    public static readonly CloudAction AssociateWebCert = Of("ddoscoo", nameof(AssociateWebCert), writes: true, ram: "yundun-ddoscoo");

    public static readonly CloudAction DescribeClusters = Of("cs", "DescribeClustersV1");
    public static readonly CloudAction DescribeClusterUserKubeconfig = Of("cs", nameof(DescribeClusterUserKubeconfig));

    public static readonly CloudAction ListContact = Cas(nameof(ListContact));
    public static readonly CloudAction CreateDeploymentJob = Cas(nameof(CreateDeploymentJob), writes: true);
    public static readonly CloudAction UpdateDeploymentJobStatus = Cas(nameof(UpdateDeploymentJobStatus), writes: true, metered: true);
    public static readonly CloudAction DescribeDeploymentJob = Cas(nameof(DescribeDeploymentJob));
    public static readonly CloudAction DescribeDeploymentJobStatus = Cas(nameof(DescribeDeploymentJobStatus));
    public static readonly CloudAction ListWorkerResource = Cas(nameof(ListWorkerResource));

    /// <summary>What a deployment job takes, besides the store.</summary>
    public static readonly IReadOnlyList<CloudAction> Jobs =
        [ListContact, CreateDeploymentJob, UpdateDeploymentJobStatus, DescribeDeploymentJob, DescribeDeploymentJobStatus, ListWorkerResource];

    /// <summary>What CLB's own store of a region calls.</summary>
    public static readonly IReadOnlyList<CloudAction> ClbStore = [UploadServerCertificate, DescribeServerCertificates, DeleteServerCertificate];

    /// <summary>What every kind that binds from the certificate store calls there.</summary>
    public static readonly IReadOnlyList<CloudAction> Store = [UploadUserCertificate, ListUserCertificateOrder, GetUserCertificateDetail, ListCloudResources, DeleteUserCertificate];

    // The vendor's definition places the parameters of all others in the query.
    private static readonly FrozenSet<CloudAction> Form =
        new[] { AssociateWebCert, SetCertificate, NlbListListenerCertificates, NlbUpdateListenerAttribute, NlbAssociate, NlbDisassociate }.ToFrozenSet();

    private static readonly FrozenSet<CloudAction> Get = new[] { ListSites }.ToFrozenSet();

    /// <summary>True when the parameters go as a form body.</summary>
    public static bool TakesForm(CloudAction action) => Form.Contains(action);

    public static string MethodOf(CloudAction action) => Get.Contains(action) ? "GET" : "POST";

    private static CloudAction Cas(string name, bool writes = false, bool metered = false) => Of("cas", name, writes, "yundun-cert") with { Metered = metered };

    private static CloudAction Of(string service, string name, bool writes = false, string? ram = null) => new(service, name, writes) { Permission = $"{ram ?? service}:{name}" };
}
