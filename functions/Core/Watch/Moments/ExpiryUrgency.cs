using Certrelay.Records;
using Certrelay.Watch.Alerts;

namespace Certrelay.Watch.Moments;

/// <summary>How urgent the levels of a life are.</summary>
internal static class ExpiryUrgency
{
    public static AlertLevel Urgency(this ExpiryLevel level) => level switch
    {
        ExpiryLevel.Reminder => AlertLevel.Notice,
        ExpiryLevel.Warning or ExpiryLevel.Urgent => AlertLevel.Warning,
        _ => AlertLevel.Critical,
    };
}
