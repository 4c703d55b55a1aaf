using System.Globalization;
using Certrelay.App.Http;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Records.Lists;

namespace Certrelay.App.Triggers;

/// <summary>Where a certificate is used. Targets and certificates that the caller may not see are counted and not named.</summary>
public sealed record UsageView
{
    public required string Name { get; init; }

    public required IReadOnlyList<TargetUseView> Targets { get; init; }

    /// <summary>That of the newest version first.</summary>
    public required IReadOnlyList<KeyUseView> Keys { get; init; }

    internal static UsageView Of(LineageRecord lineage, IReadOnlyList<UsedTarget> targets, IReadOnlyList<KeyUse> keys, Func<string, bool> maySee) => new()
    {
        Name = lineage.Name,
        Targets = [.. targets.Where(target => maySee(target.Target.Name)).Select(TargetUseView.Of)],
        Keys = [.. keys.Select(key => KeyUseView.Of(key, maySee))],
    };
}

/// <summary>A target that shall serve a certificate.</summary>
public sealed record TargetUseView
{
    public required string Name { get; init; }

    public required string Kind { get; init; }

    public string? Owner { get; init; }

    public required IReadOnlyList<EndpointView> Endpoints { get; init; }

    public required DeployState State { get; init; }

    /// <summary>The versions that it has or is being brought.</summary>
    public required IReadOnlyList<int> Versions { get; init; }

    internal static TargetUseView Of(UsedTarget target) => new()
    {
        Name = target.Target.Name,
        Kind = target.Target.Kind,
        Owner = target.Target.Owner,
        Endpoints = [.. target.Target.Endpoints.Select(EndpointView.Of)],
        State = target.State,
        Versions = target.Versions,
    };
}

/// <summary>How far one private key has spread.</summary>
public sealed record KeyUseView
{
    /// <summary>SHA-256 of the public key's structure (SPKI) in hexadecimal.</summary>
    public required string Spki { get; init; }

    public required IReadOnlyList<int> Versions { get; init; }

    /// <summary>Other certificates with the same key.</summary>
    public required IReadOnlyList<string> Certificates { get; init; }

    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>The hosts of all its targets' endpoints, each counted once.</summary>
    public required int Hosts { get; init; }

    internal static KeyUseView Of(KeyUse key, Func<string, bool> maySee) => new()
    {
        Spki = key.Spki,
        Versions = key.Versions,
        Certificates = [.. key.Others.Where(maySee)],
        Targets = [.. key.Targets.Select(static target => target.Name).Where(maySee)],
        Hosts = key.Hosts.Count,
    };
}

/// <summary>One domain of the register.</summary>
public sealed record RegisterItem
{
    public required string Domain { get; init; }

    public required string Certificate { get; init; }

    public required int Version { get; init; }

    public required Fingerprint Fingerprint { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required bool HasKey { get; init; }

    public string? Owner { get; init; }

    public required IReadOnlyList<RegisterTarget> Targets { get; init; }

    /// <summary>Of the certificate and of the targets, each once.</summary>
    public required IReadOnlyList<string> Owners { get; init; }

    internal static string CsvHeader { get; } = CsvText.Row(
        "domain", "certificate", "version", "not_before", "not_after", "fingerprint", "has_key", "certificate_owner", "target", "kind", "endpoints", "target_owner");

    internal static IEnumerable<RegisterItem> Of(RegisterEntry entry, Func<string, bool> maySee)
    {
        if (entry.Certificate.Leaf is not { } leaf)
            yield break;
        RegisterTarget[] targets = [.. entry.Targets.Where(target => maySee(target.Name)).Select(RegisterTarget.Of)];
        string[] owners = [.. targets.Select(static target => target.Owner).Prepend(entry.Certificate.Owner).OfType<string>().Distinct(StringComparer.Ordinal)];
        foreach (var name in leaf.Names)
        {
            yield return new RegisterItem
            {
                Domain = name,
                Certificate = entry.Certificate.Name,
                Version = entry.Certificate.Current,
                Fingerprint = leaf.Fingerprint,
                NotBefore = leaf.NotBefore,
                NotAfter = leaf.NotAfter,
                HasKey = leaf.HasKey,
                Owner = entry.Certificate.Owner,
                Targets = targets,
                Owners = owners,
            };
        }
    }

    /// <summary>A row for each target; one without a target when there is none.</summary>
    internal IEnumerable<string> ToCsv() => (Targets.Count == 0 ? [null] : Targets.Cast<RegisterTarget?>()).Select(target => CsvText.Row(
        Domain, Certificate, Version.ToString(CultureInfo.InvariantCulture), Text(NotBefore), Text(NotAfter), Fingerprint.Hex, HasKey ? "true" : "false", Owner,
        target?.Name, target?.Kind, target is null ? null : string.Join(' ', target.Endpoints), target?.Owner));

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}

/// <summary>A target in the register.</summary>
public sealed record RegisterTarget(string Name, string Kind, IReadOnlyList<string> Endpoints, string? Owner = null)
{
    internal static RegisterTarget Of(TargetRecord target) =>
        new(target.Name, target.Kind, [.. target.Endpoints.Select(static endpoint => endpoint.ToString())], target.Owner);
}
