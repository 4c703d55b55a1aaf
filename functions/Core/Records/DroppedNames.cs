using Certrelay.Certificates;

namespace Certrelay.Records;

/// <summary>Which targets need a name that a certificate has now and would not have any more.</summary>
public static class DroppedNames
{
    /// <summary>One finding for each target and name (<c>name.dropped</c>).</summary>
    public static IEnumerable<Finding> Find(IReadOnlyList<string> before, IReadOnlyList<string> after, IEnumerable<TargetRecord> targets) =>
        from target in targets
        from host in target.Endpoints.Select(static endpoint => endpoint.EffectiveServerName).Distinct(StringComparer.OrdinalIgnoreCase)
        where SubjectName.AnyServes(before, host) && !SubjectName.AnyServes(after, host)
        select FindingCodes.NameDropped.At(target.Name, $"The target {target.Name} needs {host}, which the certificate would not name any more.");
}
