using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Certrelay.App.Telemetry;

/// <summary>Where metrics are sent, beside <c>/metrics</c> where they can be fetched.</summary>
public sealed record TelemetrySettings : IValidatableObject
{
    [Description("The address that takes metrics by OTLP over HTTP, such as http://collector:4318/v1/metrics; absent: nothing is sent. Headers for it come from OTEL_EXPORTER_OTLP_HEADERS.")]
    public string? OtlpEndpoint { get; init; }

    [Description("The seconds between two sendings.")]
    [Range(1, 3600)]
    public int OtlpSeconds { get; init; } = 60;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OtlpEndpoint is not null && (!Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0))
            yield return new ValidationResult("The address begins with http:// or https:// and names no user.", [nameof(OtlpEndpoint)]);
    }
}
