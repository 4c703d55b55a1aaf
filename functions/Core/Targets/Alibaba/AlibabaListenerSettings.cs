using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Alibaba;

/// <summary>Which certificate of a listener a target looks after.</summary>
public enum AlibabaListenerCertificate
{
    /// <summary>The one for clients that name no other.</summary>
    Default,

    /// <summary>Those for further names (SNI) that the new certificate covers.</summary>
    Additional,
}

/// <summary>Settings of the kinds <c>alibaba-alb</c> and <c>alibaba-nlb</c>.</summary>
public sealed record AlibabaListenerSettings : ICloudSettings
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the load balancer, such as cn-hangzhou; the account's when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [Description("The ids of the listeners: lsn-….")]
    [MinLength(1)]
    public required IReadOnlyList<string> Listeners { get; init; }

    [Description("default: the listener's default certificate. additional: those for further names that the new certificate covers.")]
    public AlibabaListenerCertificate Certificate { get; init; }
}
