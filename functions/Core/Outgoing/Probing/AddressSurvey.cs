using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Certrelay.Certificates;

namespace Certrelay.Outgoing.Probing;

/// <summary>How much is asked of a server.</summary>
public sealed record SurveyOptions
{
    /// <summary>The longest time of one connection with its handshake.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>One look at each address and nothing else: no versions, no client profiles, no HTTP, no handshake beyond the proof that the server holds the key.</summary>
    public bool Quick { get; init; }

    /// <summary>The port of plain HTTP beside https; null: 80 for endpoints on 443, none for others.</summary>
    public int? PlainHttpPort { get; init; }
}

/// <summary>All that one address answered; what was not asked, or not answered, is <see cref="HelloOutcome.Unknown"/>.</summary>
internal sealed record AddressFacts(IPAddress Address, int Port, ProbeResult Handshake)
{
    public HelloAnswer Tls10 { get; init; } = HelloAnswer.NotAsked;

    public HelloAnswer Tls11 { get; init; } = HelloAnswer.NotAsked;

    public HelloAnswer Tls12 { get; init; } = HelloAnswer.NotAsked;

    public HelloAnswer Tls13 { get; init; } = HelloAnswer.NotAsked;

    /// <summary>TLS 1.2 from a client that knows RSA only.</summary>
    public HelloAnswer RsaOnly { get; init; } = HelloAnswer.NotAsked;

    /// <summary>The chain for a client that sends no name; null when none was seen, or the endpoint has no name to send.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? WithoutName { get; init; }

    public HttpFacts? Http { get; init; }

    public string Scope => new IPEndPoint(Address, Port).ToString();
}

/// <summary>
/// Looks at one address as several clients would: one complete handshake, and beside it a ClientHello for each version and profile, all at once,
/// so that a server which swallows some of them costs one time-out more and not the sum.
/// </summary>
internal sealed class AddressSurvey(TlsProbe probe, TimeProvider time)
{
    private static readonly IReadOnlyList<SslApplicationProtocol> WebOffers = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    // Protocols that are TLS from the first byte and not HTTP: strict servers refuse an offer of the wrong application (RFC 7301 section 3.2).
    private static readonly int[] OtherApplications = [465, 563, 636, 853, 990, 992, 993, 994, 995, 3269, 5061, 5223, 5671, 6697, 8883];

    private readonly TlsProbe _probe = probe;
    private readonly QuickProbe _quick = new(probe, time);
    private readonly HelloProbe _hello = new(time);
    private readonly HttpProbe _http = new(probe, time);

    /// <summary>Surveys exactly <paramref name="address"/>, which the caller has checked; only cancellation by the caller is thrown.</summary>
    public async Task<AddressFacts> LookAsync(IPAddress address, Endpoint endpoint, SurveyOptions options, CancellationToken cancellationToken)
    {
        var mayBeWeb = endpoint.EffectiveStartTls is StartTls.None && Array.IndexOf(OtherApplications, endpoint.Port) < 0;
        IReadOnlyList<SslApplicationProtocol> offers = mayBeWeb ? WebOffers : [];
        if (options.Quick)
            return new AddressFacts(address, endpoint.Port, await _quick.ProbeAsync(address, endpoint, options.Timeout, offers, cancellationToken));
        var handshake = await _probe.ProbeAsync(address, endpoint, options.Timeout, offers, then: null, cancellationToken);
        var facts = new AddressFacts(address, endpoint.Port, handshake);
        // Where there is no server, or none of this protocol, nothing more can be learned.
        if (handshake.Failure is { } failure && failure.Code != FindingCodes.ProbeHandshake.Code)
            return facts;

        var sight = new Sight(this, address, endpoint, options, cancellationToken);
        var name = endpoint.IsAddress ? null : endpoint.EffectiveServerName.TrimEnd('.');
        var tls10 = sight.AskAsync(new ClientHello(TlsVersion.Tls10) { ServerName = name });
        var tls11 = sight.AskAsync(new ClientHello(TlsVersion.Tls11) { ServerName = name });
        var tls12 = sight.AskAsync(new ClientHello(TlsVersion.Tls12) { ServerName = name });
        var tls13 = handshake.Protocol is SslProtocols.Tls13
            ? Task.FromResult(HelloAnswer.Proved)
            : sight.AskAsync(new ClientHello(TlsVersion.Tls13) { ServerName = name });
        var rsaOnly = sight.AskAsync(new ClientHello(TlsVersion.Tls12) { ServerName = name, RsaOnly = true });
        var withoutName = name is null ? Task.FromResult<IReadOnlyList<ReadOnlyMemory<byte>>?>(null) : sight.WithoutNameAsync();
        var http = mayBeWeb && handshake.Failure is null && (handshake.ApplicationProtocol is not null || endpoint.Port is 443 or 8443)
            ? _http.AskAsync(address, endpoint, options.PlainHttpPort ?? (endpoint.Port == 443 ? 80 : null), options.Timeout, cancellationToken)
            : Task.FromResult<HttpFacts?>(null);
        return facts with
        {
            Tls10 = await tls10,
            Tls11 = await tls11,
            Tls12 = await tls12,
            Tls13 = await tls13,
            RsaOnly = await rsaOnly,
            WithoutName = await withoutName,
            Http = await http,
        };
    }

    /// <summary>One address under one set of options.</summary>
    private sealed record Sight(AddressSurvey Survey, IPAddress Address, Endpoint Endpoint, SurveyOptions Options, CancellationToken Cancellation)
    {
        public Task<HelloAnswer> AskAsync(ClientHello hello) =>
            Survey._hello.AskAsync(new IPEndPoint(Address, Endpoint.Port), Endpoint.EffectiveStartTls, hello, Options.Timeout, Cancellation);

        /// <summary>By TLS 1.2, where the certificates are in clear; by a whole handshake where the server has only TLS 1.3.</summary>
        public async Task<IReadOnlyList<ReadOnlyMemory<byte>>?> WithoutNameAsync()
        {
            var answer = await AskAsync(new ClientHello(TlsVersion.Tls12));
            if (answer is { IsAccepted: true, Flight.Certificates.Count: > 0 })
                return answer.Flight.Certificates;
            // A literal address for a name has the framework send none.
            var nameless = Endpoint with { ServerName = Address.ToString(), StartTls = Endpoint.EffectiveStartTls };
            var result = await Survey._probe.ProbeAsync(Address, nameless, Options.Timeout, Cancellation);
            return result.Failure is null ? result.ChainAsSent : null;
        }
    }
}
