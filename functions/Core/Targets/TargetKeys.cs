using Certrelay.Certificates;
using Certrelay.Records;

namespace Certrelay.Targets;

/// <summary>Which kinds of targets take which kinds of keys.</summary>
public static class TargetKeys
{
    /// <summary>What every TLS server and every vendor takes.</summary>
    public static IReadOnlyList<string> Usual { get; } = [nameof(KeyAlgorithm.Rsa), nameof(KeyAlgorithm.P256), nameof(KeyAlgorithm.P384), nameof(KeyAlgorithm.P521)];

    /// <summary>The usual ones, and the pairs of SM2 that stand beside them.</summary>
    public static IReadOnlyList<string> UsualAndSm2 { get; } = [.. Usual, nameof(KeyAlgorithm.Sm2)];

    /// <summary>True for the word of a key on the curve of SM2.</summary>
    public static bool IsSm2(string keyAlgorithm) => keyAlgorithm is nameof(KeyAlgorithm.Sm2);

    /// <summary>How the SM2 certificate of a domain is named in a target's state, apart from the domain's ordinary one.</summary>
    public static string Sm2Of(string domain) => $"{domain} (SM2)";

    /// <summary>What a bound version leaves unproven: an SM2 certificate that no handshake from here can show. None for any other key.</summary>
    public static IReadOnlyList<Finding> Unseen(string target, string keyAlgorithm) => IsSm2(keyAlgorithm) ? [FindingCodes.TargetUnseen.At(target)] : [];

    /// <summary>Why a key cannot be deployed to a target, or not be seen there, as a sentence; null when it can.</summary>
    public static string? WhyNot(TargetRecord target, TargetKind kind, string keyAlgorithm) => WhyNot(target.Name, kind, keyAlgorithm)
        ?? (IsSm2(keyAlgorithm) && target.Endpoints.Count > 0
            ? $"'{target.Name}' declares endpoints, and no handshake from here can show an SM2 certificate there: declare none for a target of SM2, and watch the ordinary certificate of the same place with a target of its own."
            : null);

    /// <summary>Why a key cannot be deployed to a target of a kind, as a sentence that names the kinds which take it; null when it can.</summary>
    public static string? WhyNot(string target, TargetKind kind, string keyAlgorithm)
    {
        if (kind.KeyAlgorithms.Contains(keyAlgorithm))
            return null;
        var takers = DeployTargets.All.Where(other => other.Writes && other.KeyAlgorithms.Contains(keyAlgorithm)).Select(static other => other.Name).ToList();
        return $"'{target}' is of the kind {kind.Name}, which takes {string.Join(", ", kind.KeyAlgorithms)} keys; this version's is {keyAlgorithm}, "
            + (takers.Count == 0 ? "which no kind takes." : $"which these kinds take: {string.Join(", ", takers)}.");
    }
}
