namespace Certrelay.Certificates;

/// <summary>
/// Certificate policies along a path (RFC 5280 sections 6.1.2 to 6.1.5) for somebody who demands none: user-initial-policy-set is anyPolicy and nothing is inhibited at the
/// start. Then all that matters is whether the tree of valid policies is empty where an authority requires one, so only its lowest level is kept, with nodes of the same
/// policy as one. Qualifiers, and sets of policies that somebody demands, are left out.
/// </summary>
internal static class PolicyRules
{
    private const string AnyPolicy = "2.5.29.32.0";

    /// <summary>Why the path breaks its authorities' rules on policies, and where; null when it keeps them.</summary>
    /// <param name="path">Leaf first, without the root.</param>
    public static (CertificateRecord At, string Why)? FaultOf(IReadOnlyList<CertificateRecord> path)
    {
        // Nearly every chain: nobody requires or maps anything.
        if (path.All(static one => one.Extensions.PolicyControls == PolicyControls.None))
            return null;
        Dictionary<string, HashSet<string>>? level = new(StringComparer.Ordinal) { [AnyPolicy] = new(StringComparer.Ordinal) { AnyPolicy } };
        var (explicitly, mapping, any) = (path.Count + 1, path.Count + 1, path.Count + 1);
        for (var i = path.Count - 1; i >= 0; i--)
        {
            var certificate = path[i];
            var controls = certificate.Extensions.PolicyControls;
            if (controls.IsMalformed)
                return (certificate, $"{certificate.Label} has an extension on policies that cannot be read.");
            level = certificate.Extensions.Policies.Count is 0 ? null : Next(level, certificate.Extensions.Policies, any > 0 || (i > 0 && certificate.IsSelfIssued));
            if (i is 0)
                explicitly = controls.RequireExplicit is 0 ? 0 : Math.Max(0, explicitly - 1);
            if (explicitly is 0 && level is null)
                return (certificate, $"An authority above requires a policy that holds all the way down, and none holds at {certificate.Label}.");
            if (i is 0)
                break;

            if (controls.Mappings.Any(static pair => pair.Issuer is AnyPolicy || pair.Subject is AnyPolicy))
                return (certificate, $"{certificate.Label} maps anyPolicy, which RFC 5280 section 4.2.1.5 forbids.");
            level = Map(level, controls.Mappings, mapping > 0);
            if (!certificate.IsSelfIssued)
                (explicitly, mapping, any) = (Math.Max(0, explicitly - 1), Math.Max(0, mapping - 1), Math.Max(0, any - 1));
            (explicitly, mapping, any) = (Least(explicitly, controls.RequireExplicit), Least(mapping, controls.InhibitMapping), Least(any, controls.InhibitAny));
        }

        return null;
    }

    private static int Least(int count, int? limit) => limit < count ? limit.Value : count;

    /// <summary>Section 6.1.3 (d).</summary>
    private static Dictionary<string, HashSet<string>>? Next(Dictionary<string, HashSet<string>>? above, IReadOnlyList<string> policies, bool anyCounts)
    {
        if (above is null)
            return null;
        var next = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var expected = above.Values.SelectMany(static set => set).ToHashSet(StringComparer.Ordinal);
        foreach (var policy in policies.Where(policy => policy is not AnyPolicy && (expected.Contains(policy) || above.ContainsKey(AnyPolicy))))
            next[policy] = new(StringComparer.Ordinal) { policy };
        if (anyCounts && policies.Contains(AnyPolicy))
        {
            foreach (var policy in expected)
                next.TryAdd(policy, new(StringComparer.Ordinal) { policy });
        }

        return next.Count is 0 ? null : next;
    }

    /// <summary>Section 6.1.4 (b).</summary>
    private static Dictionary<string, HashSet<string>>? Map(Dictionary<string, HashSet<string>>? level, IReadOnlyList<(string Issuer, string Subject)> mappings, bool mayMap)
    {
        if (level is null)
            return null;
        foreach (var group in mappings.GroupBy(static pair => pair.Issuer, static pair => pair.Subject, StringComparer.Ordinal))
        {
            if (!mayMap)
                level.Remove(group.Key);
            else if (level.ContainsKey(group.Key) || level.ContainsKey(AnyPolicy))
                level[group.Key] = group.ToHashSet(StringComparer.Ordinal);
        }

        return level.Count is 0 ? null : level;
    }
}
