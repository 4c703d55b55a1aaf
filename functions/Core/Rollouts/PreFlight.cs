using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets;

namespace Certrelay.Rollouts;

/// <summary>What is refused by default before a target is touched (DESIGN section 7). Each can be overridden with a reason.</summary>
public static class PreFlight
{
    /// <summary>The codes that a rollout may name as overridden.</summary>
    public static IReadOnlyList<string> Overridable { get; } = [FindingCodes.TargetNotCovered.Code, FindingCodes.TargetKeyType.Code, FindingCodes.TargetOlder.Code, FindingCodes.TargetInPlace.Code, FindingCodes.TargetChain.Code];

    /// <summary>Every refusal at once; empty when the version may be deployed.</summary>
    public static IReadOnlyList<Finding> Check(StepContext context, IReadOnlyList<EndpointReading> baseline, DateTimeOffset now) =>
        [.. Names(context).Concat(KeyType(context)).Concat(Age(context, baseline, now)).Concat(Chain(context)).Where(finding => !context.Rollout.Overrides.Contains(finding.Code))];

    /// <summary>Refuses to replace content under an id that stays while its former key is not in our vault: nobody could bring it back.</summary>
    public static IEnumerable<Finding> InPlace(StepContext context, TargetState state) =>
        context.Kind.Cloud is { InPlace: true } && !context.Rollout.Overrides.Contains(FindingCodes.TargetInPlace.Code)
            ? state.Resources
                .Where(resource => resource.Bound is not null && resource.Fingerprint != context.State.Binding?.Fingerprint && resource.Fingerprint != context.Leaf)
                .Select(static resource => FindingCodes.TargetInPlace.At(resource.Id))
            : [];

    /// <summary>True for a version whose intermediate is missing and could be had.</summary>
    internal static bool Lacks(VersionRecord version) =>
        version.Findings.Any(static finding => finding.Code == FindingCodes.ChainAwaited.Code || finding.Code == FindingCodes.ChainUnavailable.Code);

    private static IEnumerable<Finding> Chain(StepContext context)
    {
        if (Lacks(context.Version))
            yield return FindingCodes.TargetChain.At(context.Target.Name);
    }

    private static IEnumerable<Finding> Names(StepContext context)
    {
        var names = context.Version.Names.Select(text => SubjectName.TryParse(text, out var name) ? name : null).OfType<SubjectName>().ToList();
        return context.Target.Endpoints
            .Where(endpoint => !names.Any(name => name.Covers(endpoint.EffectiveServerName)))
            .Select(endpoint => FindingCodes.TargetNotCovered.At(
                endpoint.ToString(), $"The certificate covers {string.Join(", ", context.Version.Names)}, not {endpoint.EffectiveServerName}."));
    }

    private static IEnumerable<Finding> KeyType(StepContext context) =>
        TargetKeys.WhyNot(context.Target, context.Kind, context.Version.KeyAlgorithm) is { } why ? [FindingCodes.TargetKeyType.At(context.Target.Name, why)] : [];

    private static IEnumerable<Finding> Age(StepContext context, IReadOnlyList<EndpointReading> baseline, DateTimeOffset now)
    {
        var version = context.Version;
        if (version.NotAfter <= now)
        {
            yield return FindingCodes.TargetOlder.At(context.Target.Name, $"The version expired on {version.NotAfter:u}.");
            yield break;
        }

        var served = baseline.SelectMany(reading => reading.Addresses).SelectMany(address => address.Samples)
            .Where(sample => sample.ChainAsSent.Count > 0 && sample.Leaf != version.Fingerprint)
            .Select(sample => CertificateRecord.TryParse(sample.ChainAsSent[0], out var leaf) ? leaf : null)
            .OfType<CertificateRecord>()
            .Where(leaf => leaf.NotAfter > version.NotAfter && leaf.Names.Any(name => version.Names.Contains(name.Value)))
            .MaxBy(leaf => leaf.NotAfter);
        if (served is not null)
            yield return FindingCodes.TargetOlder.At(context.Target.Name, $"The version ends on {version.NotAfter:u}, the one served now on {served.NotAfter:u}.");
    }
}
