using Certrelay.Records;
using Certrelay.Targets.Alibaba;
using Certrelay.Targets.Aws;
using Certrelay.Targets.Huawei;
using Certrelay.Targets.Tencent;

namespace Certrelay.Targets.Calls;

/// <summary>A vendor's certificate store, so that what an account holds there can be listed.</summary>
/// <param name="Name">The word in the API: <c>ssl</c>, <c>acm</c>.</param>
/// <param name="Regional">True when each region has its own.</param>
/// <param name="Actions">What a listing calls.</param>
/// <param name="Open">Makes the store for a region (null where there is one store for all).</param>
public sealed record StoreKind(CloudVendor Vendor, string Name, bool Regional, IReadOnlyList<CloudAction> Actions, Func<CloudSession, string?, ICertificateStore> Open);

/// <summary>Every store that can be listed. A new one is a line here.</summary>
public static class CertificateStores
{
    public static IReadOnlyList<StoreKind> All { get; } =
    [
        CasStore.Kind,
        ClbStore.Kind,
        new(CloudVendor.Aws, "acm", Regional: true, [AwsActions.ListCertificates], static (session, region) => AcmStore.Open(session, region)),
        new(CloudVendor.Aws, "iam", Regional: false, [AwsActions.ListServerCertificates], static (session, _) => new ServerCertificateStore(new AwsApi(session))),
        new(CloudVendor.Huawei, "elb", Regional: true, [.. HuaweiActions.Ids, HuaweiActions.ElbList], static (session, region) => ElbStore.Open(session, region)),
        new(CloudVendor.Huawei, "scm", Regional: false, [.. HuaweiActions.Ids, HuaweiActions.ScmList], static (session, _) => new ScmStore(new HuaweiApi(session))),
        new(CloudVendor.Huawei, "waf", Regional: true, [.. HuaweiActions.Ids, HuaweiActions.WafList], static (session, region) => WafStore.Open(session, region)),
        TencentCertificates.Kind,
    ];

    /// <summary>The store of that name at a vendor; null when there is none.</summary>
    public static StoreKind? Find(CloudVendor vendor, string name) => All.FirstOrDefault(store => store.Vendor == vendor && store.Name == name);
}
