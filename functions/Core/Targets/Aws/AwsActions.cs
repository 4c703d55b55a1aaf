using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Aws;

/// <summary>The actions of AWS that are called, each with what a policy has to allow for it.</summary>
internal static class AwsActions
{
    public static readonly CloudAction ImportCertificate = Acm("ImportCertificate", writes: true);
    public static readonly CloudAction ListCertificates = Acm("ListCertificates");
    public static readonly CloudAction DescribeCertificate = Acm("DescribeCertificate");
    public static readonly CloudAction GetCertificate = Acm("GetCertificate");
    public static readonly CloudAction DeleteCertificate = Acm("DeleteCertificate", writes: true);
    public static readonly CloudAction ListTagsForCertificate = Acm("ListTagsForCertificate");

    /// <summary>Never sent by itself: an import that brings tags needs its permission.</summary>
    public static readonly CloudAction AddTagsToCertificate = Acm("AddTagsToCertificate", writes: true);

    public static readonly CloudAction UploadServerCertificate = Iam("UploadServerCertificate", writes: true);
    public static readonly CloudAction ListServerCertificates = Iam("ListServerCertificates");
    public static readonly CloudAction GetServerCertificate = Iam("GetServerCertificate");
    public static readonly CloudAction DeleteServerCertificate = Iam("DeleteServerCertificate", writes: true);

    public static readonly CloudAction ListDistributions = CloudFront("ListDistributions");
    public static readonly CloudAction GetDistribution = CloudFront("GetDistribution");
    public static readonly CloudAction GetDistributionConfig = CloudFront("GetDistributionConfig");
    public static readonly CloudAction UpdateDistribution = CloudFront("UpdateDistribution", writes: true);

    public static readonly CloudAction DescribeLoadBalancersV2 = Elb("elbv2", "DescribeLoadBalancers");
    public static readonly CloudAction DescribeListeners = Elb("elbv2", "DescribeListeners");
    public static readonly CloudAction DescribeListenerCertificates = Elb("elbv2", "DescribeListenerCertificates");
    public static readonly CloudAction ModifyListener = Elb("elbv2", "ModifyListener", writes: true);
    public static readonly CloudAction AddListenerCertificates = Elb("elbv2", "AddListenerCertificates", writes: true);
    public static readonly CloudAction RemoveListenerCertificates = Elb("elbv2", "RemoveListenerCertificates", writes: true);

    public static readonly CloudAction DescribeLoadBalancers = Elb("elb", "DescribeLoadBalancers");
    public static readonly CloudAction SetLoadBalancerListenerSslCertificate = Elb("elb", "SetLoadBalancerListenerSSLCertificate", writes: true);

    /// <summary>What the store of a region calls.</summary>
    public static IReadOnlyList<CloudAction> AcmStore { get; } = [ImportCertificate, AddTagsToCertificate, ListCertificates, GetCertificate, ListTagsForCertificate, DeleteCertificate];

    /// <summary>What the store of server certificates calls.</summary>
    public static IReadOnlyList<CloudAction> ServerCertificateStore { get; } = [UploadServerCertificate, ListServerCertificates, GetServerCertificate, DeleteServerCertificate];

    private static CloudAction Acm(string name, bool writes = false) => new("acm", name, writes) { Permission = $"acm:{name}" };

    private static CloudAction Iam(string name, bool writes = false) => new("iam", name, writes) { Permission = $"iam:{name}" };

    private static CloudAction CloudFront(string name, bool writes = false) => new("cloudfront", name, writes) { Permission = $"cloudfront:{name}" };

    private static CloudAction Elb(string service, string name, bool writes = false) => new(service, name, writes) { Permission = $"elasticloadbalancing:{name}" };
}
