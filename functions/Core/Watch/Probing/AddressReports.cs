using System.Security.Authentication;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Outgoing.Probing;
using Certrelay.Watch.Revocation;

namespace Certrelay.Watch.Probing;

/// <summary>Writes answers and findings down as a report.</summary>
internal static class AddressReports
{
    public static AddressReport Of(AddressFacts facts, AddressJudgement judged, Endpoint endpoint, bool quick, DateTimeOffset now)
    {
        var asked = !quick && (facts.Handshake.Failure is null || facts.Tls12.Outcome is not HelloOutcome.Unknown);
        return new AddressReport
        {
            Address = facts.Address.ToString(),
            Milliseconds = (int)facts.Handshake.Elapsed.TotalMilliseconds,
            Proved = facts.Handshake.Failure is null,
            Leaf = judged.Served is { } served ? Leaf(served, endpoint, now) : null,
            Served = judged.Served?.Leaf,
            Chain = judged.Served is { } chain ? new ChainReport { State = Word(chain.State), Sent = [.. chain.AsSent.Select(static one => one.Label)] } : null,
            Version = facts.Handshake.Protocol switch
            {
                SslProtocols.Tls12 => TlsVersion.Tls12.Number,
                SslProtocols.Tls13 => TlsVersion.Tls13.Number,
                _ => null,
            },
            Versions = asked ? Versions(facts) : null,
            ApplicationProtocol = facts.Handshake.ApplicationProtocol,
            Profiles = asked ? Profiles(facts) : null,
            Http = facts.Http is { } http ? Http(http) : null,
            Findings = judged.Findings,
        };
    }

    public static AddressReport With(AddressReport report, RevocationReading reading, string scope)
    {
        var finding = reading.State switch
        {
            RevocationState.Revoked => FindingCodes.ProbeRevoked.At(scope, $"The issuer revoked the certificate at {reading.RevokedAt:u}, says {reading.Source}."),
            RevocationState.Unknown => FindingCodes.ProbeRevocationUnknown.At(scope, $"Nobody tells whether the certificate was revoked: {string.Join("; ", reading.Faults)}."),
            _ => null,
        };
        return report with
        {
            Revocation = new RevocationReport { State = reading.State.ToString().ToLowerInvariant(), Source = reading.Source, RevokedAt = reading.RevokedAt },
            Findings = finding is null ? report.Findings : [.. report.Findings, finding],
        };
    }

    private static LeafReport Leaf(ServedChain served, Endpoint endpoint, DateTimeOffset now) => new()
    {
        Fingerprint = served.Leaf.Fingerprint,
        Subject = served.Leaf.Subject,
        Issuer = served.Leaf.Issuer,
        Serial = served.Leaf.Serial,
        Names = [.. served.Leaf.Names.Select(static name => name.Value)],
        Covers = served.Leaf.Covers(endpoint.EffectiveServerName),
        NotBefore = served.Leaf.NotBefore,
        NotAfter = served.Leaf.NotAfter,
        DaysLeft = (int)Math.Floor((served.Leaf.NotAfter - now).TotalDays),
        Key = served.Leaf.PublicKey.Name,
        Signature = served.Leaf.SignatureAlgorithm.Name,
    };

    private static List<string> Versions(AddressFacts facts) =>
    [
        .. new[] { (facts.Tls10, TlsVersion.Tls10), (facts.Tls11, TlsVersion.Tls11), (facts.Tls12, TlsVersion.Tls12), (facts.Tls13, TlsVersion.Tls13) }
            .Where(static one => one.Item1.IsAccepted)
            .Select(static one => one.Item2.Number),
    ];

    private static ProfileReports Profiles(AddressFacts facts) => new(
        facts.WithoutName is { Count: > 0 } sent
            ? new ProfileReport { Accepted = true, Leaf = Fingerprint.Of(sent[0].Span) }
            : null,
        Profile(facts.Tls12),
        Profile(facts.RsaOnly));

    private static ProfileReport? Profile(HelloAnswer answer) => answer.Outcome is HelloOutcome.Unknown
        ? null
        : new ProfileReport
        {
            Accepted = answer.IsAccepted,
            Leaf = answer.Flight.Certificates is [var leaf, ..] ? Fingerprint.Of(leaf.Span) : null,
            Alert = answer.Flight.Refusal?.ToString(),
        };

    private static HttpReport Http(HttpFacts http) => new()
    {
        Status = http.Status,
        Server = http.Server,
        Kinds = http.Kinds,
        HstsSeconds = http.HstsSeconds,
        RedirectsToHttps = http.RedirectsToHttps,
    };

    private static string Word(ChainState state) => state switch
    {
        ChainState.Complete => "complete",
        ChainState.MissingIntermediate => "missing-intermediate",
        ChainState.UntrustedRoot => "untrusted-root",
        ChainState.UnknownIssuer => "unknown-issuer",
        ChainState.SelfSigned => "self-signed",
        _ => "unjudged",
    };
}
