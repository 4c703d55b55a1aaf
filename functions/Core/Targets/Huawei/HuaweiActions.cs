using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Huawei;

/// <summary>The actions of Huawei Cloud that targets call, named as its SDKs name the operations.</summary>
/// <remarks>
/// Permissions are those of custom policies (policy-based authorization). For CDN's full configuration no page names one; the pair for HTTPS is given. Listing
/// one's own account needs none, and is put under the one for projects.
/// </remarks>
internal static class HuaweiActions
{
    public static readonly CloudAction ListProjects = new("iam", "KeystoneListProjects", Writes: false) { Permission = "iam:projects:listProjects" };
    public static readonly CloudAction ListAccounts = new("iam", "KeystoneListAuthDomains", Writes: false) { Permission = "iam:projects:listProjects" };

    public static readonly CloudAction ScmList = new("scm", "ListCertificates", Writes: false) { Permission = "scm:cert:list" };
    public static readonly CloudAction ScmShow = new("scm", "ShowCertificate", Writes: false) { Permission = "scm:cert:get" };
    public static readonly CloudAction ScmImport = new("scm", "ImportCertificate", Writes: true) { Permission = "scm:cert:upload" };
    public static readonly CloudAction ScmDelete = new("scm", "DeleteCertificate", Writes: true) { Permission = "scm:cert:delete" };

    public static readonly CloudAction CdnList = new("cdn", "ListDomains", Writes: false) { Permission = "cdn:configuration:queryDomains" };
    public static readonly CloudAction CdnShow = new("cdn", "ShowDomainFullConfig", Writes: false) { Permission = "cdn:configuration:queryHttpsConf" };
    public static readonly CloudAction CdnCertificates = new("cdn", "ShowCertificatesHttpsInfo", Writes: false) { Permission = "cdn:configuration:queryHttpsConf" };
    public static readonly CloudAction CdnUpdate = new("cdn", "UpdateDomainFullConfig", Writes: true) { Permission = "cdn:configuration:modifyHttpsConf" };

    public static readonly CloudAction ElbList = new("elb", "ListCertificates", Writes: false) { Permission = "elb:certificates:list" };
    public static readonly CloudAction ElbShow = new("elb", "ShowCertificate", Writes: false) { Permission = "elb:certificates:get" };
    public static readonly CloudAction ElbCreate = new("elb", "CreateCertificate", Writes: true) { Permission = "elb:certificates:create" };
    public static readonly CloudAction ElbReplace = new("elb", "UpdateCertificate", Writes: true) { Permission = "elb:certificates:put" };
    public static readonly CloudAction ElbDelete = new("elb", "DeleteCertificate", Writes: true) { Permission = "elb:certificates:delete" };
    public static readonly CloudAction ElbListeners = new("elb", "ListListeners", Writes: false) { Permission = "elb:listeners:list" };
    public static readonly CloudAction ElbListener = new("elb", "ShowListener", Writes: false) { Permission = "elb:listeners:get" };
    public static readonly CloudAction ElbBind = new("elb", "UpdateListener", Writes: true) { Permission = "elb:listeners:put" };

    public static readonly CloudAction WafList = new("waf", "ListCertificates", Writes: false) { Permission = "waf:certificate:list" };
    public static readonly CloudAction WafShow = new("waf", "ShowCertificate", Writes: false) { Permission = "waf:certificate:get" };
    public static readonly CloudAction WafCreate = new("waf", "CreateCertificate", Writes: true) { Permission = "waf:certificate:create" };
    public static readonly CloudAction WafDelete = new("waf", "DeleteCertificate", Writes: true) { Permission = "waf:certificate:delete" };
    public static readonly CloudAction WafApply = new("waf", "ApplyCertificateToHost", Writes: true) { Permission = "waf:certificate:apply" };
    public static readonly CloudAction WafHosts = new("waf", "ListHost", Writes: false) { Permission = "waf:host:list" };
    public static readonly CloudAction WafHost = new("waf", "ShowHost", Writes: false) { Permission = "waf:host:get" };
    public static readonly CloudAction WafPremiumHosts = new("waf", "ListPremiumHost", Writes: false) { Permission = "waf:host:list" };
    public static readonly CloudAction WafPremiumHost = new("waf", "ShowPremiumHost", Writes: false) { Permission = "waf:host:get" };

    /// <summary>What asks for the ids that the others need.</summary>
    public static IReadOnlyList<CloudAction> Ids { get; } = [ListProjects, ListAccounts];
}
