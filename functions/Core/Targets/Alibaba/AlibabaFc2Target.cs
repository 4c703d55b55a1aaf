namespace Certrelay.Targets.Alibaba;

/// <summary>Custom domains of Function Compute 2.0.</summary>
internal static class AlibabaFc2Target
{
    public static TargetKind Kind { get; } = FunctionDomains.KindOf(
        "alibaba-fc2", "Alibaba Cloud Function Compute 2.0, custom domains", "2021-04-06", AlibabaActions.Fc2GetCustomDomain, AlibabaActions.Fc2UpdateCustomDomain);
}
