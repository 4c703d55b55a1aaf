using Certrelay.Certificates;

namespace Certrelay.Outgoing.Probing;

/// <summary>What the answers of an address are judged by; <paramref name="Roots"/> is asked only where there is a chain, because the host's are many.</summary>
internal sealed record JudgementOptions(Func<TrustedRoots> Roots, DateTimeOffset Now)
{
    public ExpiryWarning Warning { get; init; } = new();

    /// <summary>The only leaf that shall be served; null: any.</summary>
    public Fingerprint? Expected { get; init; }
}

/// <summary>Turns what an address answered into findings. Pure: the same answers give the same findings.</summary>
internal sealed class AddressJudgement(AddressFacts facts, Endpoint endpoint, JudgementOptions options)
{
    private readonly FindingList _findings = new();

    /// <summary>The chain that clients of today see; after a failed handshake what older versions showed in clear.</summary>
    public ServedChain? Served { get; private set; }

    public IReadOnlyList<Finding> Findings => _findings.All;

    public AddressJudgement Judge()
    {
        var sent = facts.Handshake.Failure is null
            ? facts.Handshake.ChainAsSent
            : new[] { facts.Tls12, facts.Tls11, facts.Tls10 }.Select(static answer => answer.Flight.Certificates).FirstOrDefault(static found => found.Count > 0) ?? [];
        Served = ServedChain.Read(sent, options.Roots, options.Now);
        if (facts.Handshake.Failure is { } failure)
            _findings.Add(Explain(failure));
        if (Served is not null)
        {
            JudgeChain(Served, facts.Scope);
            JudgeProfiles(Served);
        }

        JudgeVersions();
        JudgeHttp();
        return this;
    }

    /// <summary>The cause of a failed handshake, where the answers to single offers tell it.</summary>
    private Finding Explain(Finding failure)
    {
        if (failure.Code != FindingCodes.ProbeHandshake.Code)
            return failure;
        var (scope, name) = (facts.Scope, endpoint.EffectiveServerName);
        if (facts.Tls12.IsAccepted || facts.Tls13.IsAccepted)
            return facts.Tls12.Flight.WantsCertificate ? FindingCodes.ProbeClientCertificate.At(scope) : failure;
        if (Array.Find([facts.Tls12, facts.Tls13], static answer => answer.Flight.Refusal is { IsUnrecognizedName: true }) is not null)
            return FindingCodes.ProbeNameUnknown.At(scope, $"{scope} refuses the name {name}.");
        if (facts.Tls11.IsAccepted || facts.Tls10.IsAccepted)
            return FindingCodes.ProbeOldProtocolOnly.At(scope, $"{scope} speaks TLS {(facts.Tls11.IsAccepted ? "1.1" : "1.0")} and nothing newer.");
        // Of two refusals the one that is not about the version says more.
        var alert = new[] { facts.Tls12.Flight.Refusal, facts.Tls13.Flight.Refusal }.OfType<TlsAlert>()
            .OrderBy(static refusal => refusal.IsProtocolVersion).Cast<TlsAlert?>().FirstOrDefault();
        return alert is null ? failure : FindingCodes.ProbeAlert.At(scope, $"{scope} refused the handshake with {alert}.");
    }

    private void JudgeChain(ServedChain served, string scope)
    {
        _findings.AddRange(served.Judge(scope, options.Now, options.Warning));
        _findings.Add(JudgeName(served.Leaf, scope));
        if (options.Expected is { } expected && served.Leaf.Fingerprint != expected)
            _findings.Add(FindingCodes.ProbeOtherLeaf.At(scope, $"{scope} shows {served.Leaf.Fingerprint.Prefix}… and not {expected.Prefix}…."));
    }

    private Finding? JudgeName(CertificateRecord leaf, string scope)
    {
        var name = endpoint.EffectiveServerName;
        // A leaf without any name has a finding of its own.
        if (leaf.Covers(name) || leaf.Names.Count == 0)
            return null;
        if (endpoint.IsAddress)
            return FindingCodes.ProbeNameAddress.At(scope, $"The certificate names {Names(leaf)} and not the address {name}.");
        return facts.WithoutName is [var byDefault, ..] && Fingerprint.Of(byDefault.Span) == leaf.Fingerprint
            ? FindingCodes.ProbeDefaultHost.At(scope, $"The certificate names {Names(leaf)} and not {name}; it is what the server shows without a name.")
            : FindingCodes.ProbeNameMismatch.At(scope, $"The certificate names {Names(leaf)} and not {name}.");
    }

    private void JudgeProfiles(ServedChain served)
    {
        var name = endpoint.EffectiveServerName;
        if (facts.WithoutName is { Count: > 0 } withoutName && served.Leaf.Covers(name) && !IsShown(withoutName[0], served))
            _findings.Add(FindingCodes.ProbeSniNeeded.At(facts.Scope));
        if (facts.Tls12.IsRefused && facts.Tls13.IsAccepted)
            _findings.Add(FindingCodes.ProbeOldClientRefused.At(facts.Scope));
        else if (facts.RsaOnly.IsRefused && facts.Tls12.IsAccepted)
            _findings.Add(FindingCodes.ProbeRsaRefused.At(facts.Scope));
        JudgeOther(facts.Tls12, served, "TLS 1.2");
        JudgeOther(facts.RsaOnly, served, "RSA only");
    }

    /// <summary>A client with another certificate may meet a fault that others do not.</summary>
    private void JudgeOther(HelloAnswer answer, ServedChain served, string profile)
    {
        if (answer.Flight.Certificates is { Count: > 0 } sent && sent[0].Span.SequenceEqual(served.Leaf.Der.Span) is false
            && ServedChain.Read(sent, options.Roots, options.Now) is { } other)
            JudgeChain(other, $"{facts.Scope} ({profile})");
    }

    private bool IsShown(ReadOnlyMemory<byte> leaf, ServedChain served) =>
        leaf.Span.SequenceEqual(served.Leaf.Der.Span)
        || facts.Tls12.Flight.Certificates is [var first, ..] && leaf.Span.SequenceEqual(first.Span);

    private void JudgeVersions()
    {
        if (facts.Handshake.Failure is not null && !facts.Tls12.IsAccepted)
            return;
        var old = new[] { (facts.Tls10, TlsVersion.Tls10), (facts.Tls11, TlsVersion.Tls11) }
            .Where(static one => one.Item1.IsAccepted).Select(static one => one.Item2.Number).ToList();
        if (old.Count > 0)
            _findings.Add(FindingCodes.ProbeOldProtocol.At(facts.Scope, $"{facts.Scope} accepts TLS {string.Join(" and ", old)}."));
    }

    private void JudgeHttp()
    {
        if (facts.Http is not { } http)
            return;
        if (http.HstsSeconds is null or 0)
            _findings.Add(FindingCodes.ProbeNoHsts.At(facts.Scope));
        if (http.RedirectsToHttps is false)
            _findings.Add(FindingCodes.ProbeNoRedirect.At(facts.Scope));
    }

    private static string Names(CertificateRecord leaf) =>
        string.Join(", ", leaf.Names.Take(3).Select(static name => name.Value)) + (leaf.Names.Count > 3 ? $" and {leaf.Names.Count - 3} more" : "");
}
