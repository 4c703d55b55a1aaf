using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Watch.Alerts.Channels;

namespace Certrelay.Watch.Alerts;

/// <summary>Who is told of alerts and how (section <c>Alerts</c> of the settings). Records name a channel; its address and secrets are here alone.</summary>
public sealed record AlertOptions : IValidatableObject
{
    [Description("Where messages go, by name.")]
    public IReadOnlyDictionary<string, ChannelSettings> Channels { get; init; } = new Dictionary<string, ChannelSettings>(StringComparer.Ordinal);

    [Description("Which owner is told through which channels; the first route that fits counts.")]
    public IReadOnlyList<AlertRoute> Routes { get; init; } = [];

    [Description("The channels for owners that no route names, and for alerts without an owner.")]
    public IReadOnlyList<string> Default { get; init; } = [];

    [Description("For how many seconds after the first alert an owner's further ones join the same message.")]
    [Range(0, 3600)]
    public int GroupSeconds { get; init; } = 60;

    [Description("The longest time of one try to send in seconds.")]
    [Range(1, 60)]
    public int SendSeconds { get; init; } = 10;

    internal TimeSpan Group => TimeSpan.FromSeconds(GroupSeconds);

    internal TimeSpan Longest => TimeSpan.FromSeconds(SendSeconds);

    /// <summary>The channels of an owner, each once.</summary>
    public IReadOnlyList<string> ChannelsOf(string? owner)
    {
        var route = owner is null ? null : Routes.FirstOrDefault(route => route.Fits(owner));
        return [.. (route?.Channels ?? Default).Distinct(StringComparer.Ordinal)];
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, channel) in Channels)
        {
            if (!ResourceName.IsValid(name))
                yield return new ValidationResult("The name of a channel is 1 to 63 of a-z, 0-9 and single hyphens.", [$"{nameof(Channels)}:{name}"]);
            foreach (var (member, message) in channel.Faults())
                yield return new ValidationResult(message, [$"{nameof(Channels)}:{name}:{member}"]);
        }

        foreach (var (index, route) in Routes.Index())
        {
            if (string.IsNullOrWhiteSpace(route.Owner))
                yield return new ValidationResult("A route names an owner, or the beginning of several with a star.", [$"{nameof(Routes)}:{index}:{nameof(AlertRoute.Owner)}"]);
            foreach (var fault in Unknown(route.Channels, $"{nameof(Routes)}:{index}:{nameof(AlertRoute.Channels)}"))
                yield return fault;
        }

        foreach (var fault in Unknown(Default, nameof(Default)))
            yield return fault;
    }

    private IEnumerable<ValidationResult> Unknown(IReadOnlyList<string> channels, string path) =>
        channels.Index().Where(named => !Channels.ContainsKey(named.Item))
            .Select(named => new ValidationResult($"There is no channel '{named.Item}'.", [$"{path}:{named.Index}"]));
}

/// <summary>Which channels the alerts of an owner go through.</summary>
public sealed record AlertRoute
{
    [Description("The owner as certificates and targets name it, or the beginning of several with a star (web-*); case does not matter.")]
    public string Owner { get; init; } = "";

    [Description("The names of the channels; none keeps the owner's alerts in the list alone.")]
    public IReadOnlyList<string> Channels { get; init; } = [];

    internal bool Fits(string owner) => Owner is [.. var prefix, '*']
        ? owner.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
        : owner.Equals(Owner, StringComparison.OrdinalIgnoreCase);
}
