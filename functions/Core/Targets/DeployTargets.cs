using System.Collections.Frozen;
using Certrelay.Targets.Alibaba;
using Certrelay.Targets.Aws;
using Certrelay.Targets.Azure;
using Certrelay.Targets.Huawei;
using Certrelay.Targets.Local;
using Certrelay.Targets.Tencent;

namespace Certrelay.Targets;

/// <summary>Every kind of target. A new one is a file of its own and a line here.</summary>
public static class DeployTargets
{
    public static IReadOnlyList<TargetKind> All { get; } =
    [
        AlibabaAckAlbConfigTarget.Kind,
        AlibabaAckIngressTarget.Kind,
        AlibabaAcrTarget.Kind,
        AlibabaAlbTarget.Kind,
        AlibabaApigTarget.Kind,
        AlibabaApiGatewayTarget.Kind,
        AlibabaByHandTarget.Kind,
        AlibabaCdnTarget.Kind,
        AlibabaClbTarget.Kind,
        AlibabaDcdnTarget.Kind,
        AlibabaDdosTarget.Kind,
        AlibabaEasTarget.Kind,
        AlibabaEsaTarget.Kind,
        AlibabaFcTarget.Kind,
        AlibabaFc2Target.Kind,
        AlibabaGaTarget.Kind,
        AlibabaLiveTarget.Kind,
        AlibabaLiveIngestTarget.Kind,
        AlibabaMseTarget.Kind,
        AlibabaNlbTarget.Kind,
        AlibabaOssTarget.Kind,
        AlibabaSaeAlbTarget.Kind,
        AlibabaSaeClbTarget.Kind,
        AlibabaVodTarget.Kind,
        AlibabaWafTarget.Kind,
        AlibabaWebHostingTarget.Kind,
        AwsAcmTarget.Kind,
        AwsAlbTarget.Kind,
        AwsClbTarget.Kind,
        AwsCloudFrontTarget.Kind,
        AwsNlbTarget.Kind,
        AzureKeyVaultTarget.Kind,
        DirectoryTarget.Kind,
        EndpointOnlyTarget.Kind,
        HuaweiCdnTarget.Kind,
        HuaweiElbTarget.Kind,
        HuaweiElbCertificateTarget.Kind,
        HuaweiWafTarget.Kind,
        NginxTarget.Kind,
        TencentCdnTarget.Kind,
        TencentClbTarget.Kind,
        TencentCosTarget.Kind,
        TencentEdgeOneTarget.Kind,
        TencentLiveTarget.Kind,
        TencentVodTarget.Kind,
        TencentWafTarget.Kind,
    ];

    private static readonly FrozenDictionary<string, TargetKind> ByName = All.ToFrozenDictionary(static kind => kind.Name, StringComparer.Ordinal);

    /// <summary>The kind of that name; null when there is none.</summary>
    public static TargetKind? Find(string name) => ByName.GetValueOrDefault(name);
}
