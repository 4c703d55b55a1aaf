using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Certrelay.Outgoing;

/// <summary>Which addresses that someone else named this host connects to (section <c>Outgoing</c> of the settings).</summary>
public sealed record OutgoingOptions : IValidatableObject
{
    [Description("Networks in CIDR form that content, probes, webhooks and calls to clusters may reach besides public addresses, such as 10.20.0.0/16.")]
    public IReadOnlyList<string> Allow { get; init; } = [];

    [Description("Lets the endpoints of targets lie on loopback addresses; for servers on this host.")]
    public bool AllowLoopbackEndpoints { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Allow.Index()
            .Where(static entry => !IPNetwork.TryParse(entry.Item, out _))
            .Select(static entry => new ValidationResult(
                $"{entry.Item} is not a network; write address and prefix length without host bits, such as 10.20.0.0/16.",
                [$"{nameof(Allow)}[{entry.Index}]"]));
}
