using System.Diagnostics.Metrics;

namespace Certrelay;

/// <summary>What this process counts of its own work; listened to by <c>/metrics</c> and, where it is set, by the OTLP export.</summary>
public static class ProductMeter
{
    /// <summary>The name that listeners ask for.</summary>
    public const string Name = "Certrelay";

    private static readonly Meter Meter = new(Name);

    /// <summary>Steps that came to an end, by <c>state</c>.</summary>
    public static Counter<long> StepsSettled { get; } = Meter.CreateCounter<long>("certrelay.steps.settled", unit: null, "Steps that came to an end, by state.");

    /// <summary>Handshakes with endpoints, by <c>outcome</c>: <c>ok</c> or the code of the failure.</summary>
    public static Counter<long> Handshakes { get; } = Meter.CreateCounter<long>("certrelay.handshakes", unit: null, "TLS handshakes with endpoints, by outcome.");

    /// <summary>Calls of vendors' APIs, by <c>vendor</c>, <c>action</c> and <c>outcome</c>: <c>ok</c> or the kind of failure.</summary>
    public static Counter<long> CloudCalls { get; } = Meter.CreateCounter<long>("certrelay.cloud.calls", unit: null, "Calls of vendors' APIs, by vendor, action and outcome.");

    /// <summary>The seconds until a call was decided, by <c>function</c> and <c>status</c>.</summary>
    public static Histogram<double> RequestDuration { get; } =
        Meter.CreateHistogram<double>("certrelay.request.duration", "s", "Seconds until a call was decided, by function and status.");
}
