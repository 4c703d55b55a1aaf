namespace Certrelay.Targets.Alibaba;

/// <summary>Custom domains of Function Compute 3.0.</summary>
internal static class AlibabaFcTarget
{
    public static TargetKind Kind { get; } = FunctionDomains.KindOf(
        "alibaba-fc", "Alibaba Cloud Function Compute 3.0, custom domains", "2023-03-30", AlibabaActions.FcGetCustomDomain, AlibabaActions.FcUpdateCustomDomain);
}
