namespace Certrelay.Targets.Alibaba;

/// <summary>Gateway routing of SAE over CLB: the certificate is one of CLB's own store of the region.</summary>
internal static class AlibabaSaeClbTarget
{
    public static TargetKind Kind { get; } = SaeIngress.KindOf("clb", AlibabaActions.ClbStore);
}
