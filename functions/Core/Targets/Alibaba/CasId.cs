using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Alibaba;

/// <summary>One certificate of the store in the forms that calls take: each wants its own, and none is made from another.</summary>
/// <param name="Number">What CAS, CDN, DCDN, VOD, ESA and EAS take: <c>12345678</c>.</param>
/// <param name="Identifier">What everything else takes: <c>12345678-cn-hangzhou</c>.</param>
/// <param name="Name">Unique in the account; what live streaming and Anti-DDoS know a certificate by.</param>
internal sealed record CasId(string Number, string Identifier, string Name)
{
    /// <summary>What a plan goes on with behind an upload that was not made.</summary>
    public static CasId Planned { get; } = new(CloudPlan.PlaceholderId + "certificate", CloudPlan.PlaceholderId + "certificate", CloudPlan.PlaceholderId + "certificate");

    /// <summary>Reads what <see cref="ToString"/> wrote; a name may hold spaces.</summary>
    public static CasId Parse(string text) => text.Split(' ', 3) is [var number, var identifier, var name] ? new CasId(number, identifier, name) : Planned;

    public override string ToString() => $"{Number} {Identifier} {Name}";
}
