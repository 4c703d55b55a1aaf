using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Certrelay.Watch.Moments;

/// <summary>How closely targets are watched (section <c>Watch</c> of the settings).</summary>
public sealed record WatchOptions
{
    [Description("The minutes between two probes of a target.")]
    [Range(1, 7 * 24 * 60)]
    public int ProbeMinutes { get; init; } = 60;

    internal TimeSpan ProbeInterval => TimeSpan.FromMinutes(ProbeMinutes);
}
