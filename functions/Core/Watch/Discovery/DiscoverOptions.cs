using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Certrelay.Watch.Discovery;

/// <summary>What may be looked through for certificates (section <c>Discover</c> of the settings).</summary>
public sealed record DiscoverOptions : IValidatableObject
{
    [Description("The operator's own networks in CIDR form, such as 10.20.0.0/16: discovery may look through them and their parts, private addresses included.")]
    public IReadOnlyList<string> Networks { get; init; } = [];

    [Description("How many seconds one discovery may take; what it has not come to by then is named in its answer.")]
    [Range(1, 600)]
    public int LimitSeconds { get; init; } = 60;

    internal TimeSpan Limit => TimeSpan.FromSeconds(LimitSeconds);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Networks.Index()
            .Where(static entry => !IPNetwork.TryParse(entry.Item, out _))
            .Select(static entry => new ValidationResult(
                $"{entry.Item} is not a network; write address and prefix length, such as 10.20.0.0/16.",
                [$"{nameof(Networks)}[{entry.Index}]"]));
}
