namespace Certrelay.Targets.Alibaba;

/// <summary>Playback domains of live streaming: HTTPS and HLS at port 443.</summary>
internal static class AlibabaLiveTarget
{
    public static TargetKind Kind { get; } = LiveDomains.KindOf("alibaba-live", "Alibaba Cloud live streaming, playback domains");
}
