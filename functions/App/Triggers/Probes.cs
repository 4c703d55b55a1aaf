using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.App.Http;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Outgoing.Probing;
using Certrelay.Watch.Probing;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Endpoint = Certrelay.Outgoing.Endpoint;

namespace Certrelay.App.Triggers;

/// <summary>Which endpoints to look at, and how.</summary>
public sealed record ProbeRequest
{
    /// <summary><c>host:port</c>, an address with its port, or a URL (https, smtp, imap, pop3, ldap, postgresql).</summary>
    [MinLength(1), MaxLength(100)]
    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>The name to ask for in SNI and to find in the certificate; absent: each endpoint's own.</summary>
    [OneLine(253)]
    public string? ServerName { get; init; }

    /// <summary>The SHA-256 fingerprint that must be served.</summary>
    [OneLine(95)]
    public string? Expected { get; init; }

    /// <summary>The longest time of one connection; absent: 5.</summary>
    [Range(1, 30)]
    public int? TimeoutSeconds { get; init; }

    /// <summary>Warn so many days before the end; absent: when less than a sixth of the life is left.</summary>
    [Range(0, 3650)]
    public int? WarnDays { get; init; }

    /// <summary>One look at each address, up to the proof that the server holds the key of its leaf, and nothing else.</summary>
    public bool Quick { get; init; }
}

/// <summary>What the endpoints serve, in the order asked. <see cref="Good"/>: nothing is worse than an information.</summary>
public sealed record ProbeAnswer(bool Good, IReadOnlyList<EndpointReport> Endpoints);

/// <summary>Looks at endpoints that somebody names.</summary>
public sealed class Probes(EndpointSurveys surveys)
{
    private const int AtOnce = 16;

    [Function("ProbeEndpoints"), Requires(Permission.Probe), Audited("probe.run", Subject = "probe/endpoints"), Takes(typeof(ProbeRequest))]
    [Answers(200, typeof(ProbeAnswer))]
    [Description("Probes up to 100 endpoints in depth: every address, the chain as sent, versions, client profiles, header fields. Addresses that Outgoing does not allow are refused one by one.")]
    public async Task<IResult> ProbeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/probe")] HttpRequest request, CancellationToken cancellationToken)
    {
        var wanted = request.Json<ProbeRequest>();
        var (endpoints, expected) = Read(wanted);
        var options = new ReportOptions
        {
            Survey = new SurveyOptions { Timeout = TimeSpan.FromSeconds(wanted.TimeoutSeconds ?? 5), Quick = wanted.Quick },
            Warning = new ExpiryWarning(wanted.WarnDays),
            Expected = expected,
        };
        var reports = new List<EndpointReport>(endpoints.Count);
        await foreach (var report in surveys.SurveyAsync(endpoints, OutgoingClass.Probe, options, AtOnce, finished: null, cancellationToken))
            reports.Add(report);
        return Answer.Ok(new ProbeAnswer(reports.TrueForAll(static report => report.Good), reports));
    }

    /// <summary>Throws <see cref="ProblemException"/> (<c>body.invalid</c>) with every fault.</summary>
    private static (List<Endpoint> Endpoints, Fingerprint? Expected) Read(ProbeRequest wanted)
    {
        var faults = new List<RequestFault>();
        var endpoints = new List<Endpoint>();
        var name = wanted.ServerName is { } asked ? EndpointText.ReadName(asked) : null;
        if (wanted.ServerName is not null && name is null)
            faults.Add(new RequestFault("/serverName", "is no host name"));
        foreach (var (index, text) in wanted.Endpoints.Index())
        {
            if (EndpointText.Read(text, out var fault) is { } endpoint)
                endpoints.Add(endpoint with { ServerName = name });
            else
                faults.Add(new RequestFault($"/endpoints/{index}", fault!));
        }

        Fingerprint? expected = null;
        if (wanted.Expected is { } digits)
        {
            if (Fingerprint.TryParse(digits, out var fingerprint))
                expected = fingerprint;
            else
                faults.Add(new RequestFault("/expected", "is not 64 hexadecimal digits"));
        }

        return faults.Count == 0
            ? (endpoints, expected)
            : throw new ProblemException(ProblemCodes.BodyInvalid, $"The body has {faults.Count} faults.") { Faults = faults };
    }
}
