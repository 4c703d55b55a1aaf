namespace Certrelay.Targets.Alibaba;

/// <summary>Ingest domains of live streaming: encoders push to them over RTMPS, so that a playback player never sees the certificate.</summary>
internal static class AlibabaLiveIngestTarget
{
    public static TargetKind Kind { get; } = LiveDomains.KindOf(
        "alibaba-live-ingest", "Alibaba Cloud live streaming, ingest domains", "Give the target the endpoint that encoders push to, with its RTMPS port: it serves the certificate at no other.");
}
