namespace Certrelay.Targets.Alibaba;

/// <summary>Gateway routing of SAE over ALB: the whole list of identifiers is sent.</summary>
internal static class AlibabaSaeAlbTarget
{
    public static TargetKind Kind { get; } = SaeIngress.KindOf("alb", []);
}
