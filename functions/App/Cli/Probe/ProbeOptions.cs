using System.CommandLine;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Outgoing.Probing;
using Certrelay.Watch.Probing;

namespace Certrelay.App.Cli.Probe;

/// <summary>The arguments of <c>probe</c>, and what they ask for.</summary>
internal static class ProbeOptions
{
    public static Argument<string[]> Endpoints { get; } = new("endpoint")
    {
        Description = "host, host:port, [address]:port or a URL (https://, smtp://, imap://, pop3://, ldap://, postgresql://); - reads standard input.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static Option<string?> File { get; } = new("--file") { Description = "A file of endpoints, one a line; # begins a comment.", HelpName = "file" };

    public static Option<bool> Json { get; } = new("--json") { Description = "Write one JSON object a line, in the order of the input." };

    public static Option<bool> Quick { get; } = new("--quick") { Description = "One look at each address, up to the proof that the server holds its key: no versions, client profiles and header fields." };

    public static Option<bool> NoRevocation { get; } = new("--no-revocation") { Description = "Ask neither OCSP nor revocation lists." };

    public static Option<double> Timeout { get; } = new("--timeout")
    {
        Description = "The longest time of one connection in seconds.",
        HelpName = "seconds",
        DefaultValueFactory = static _ => 5,
    };

    public static Option<int> Concurrency { get; } = new("--concurrency")
    {
        Description = "How many endpoints are probed at once.",
        HelpName = "count",
        DefaultValueFactory = static _ => 64,
    };

    public static Option<int?> WarnDays { get; } = new("--warn-days") { Description = "Warn so many days before the end.", HelpName = "days" };

    public static Option<double?> WarnShare { get; } = new("--warn-share")
    {
        Description = "Warn when less than this part of the life is left; 0.17 when neither is given.",
        HelpName = "share",
    };

    public static Option<string?> Name { get; } = new("--name") { Description = "The name to ask for in SNI and to find in the certificate.", HelpName = "name" };

    public static Option<string?> StartTls { get; } = new("--starttls")
    {
        Description = "What servers speak before TLS: none, smtp, imap, pop3, ldap or postgresql; absent: as usual on the port.",
        HelpName = "protocol",
    };

    public static Option<string?> Expect { get; } = new("--expect") { Description = "The SHA-256 fingerprint that must be served.", HelpName = "sha256" };

    public static Option<string?> Trust { get; } = new("--trust") { Description = "A PEM file of further roots to trust.", HelpName = "file" };

    public static Option<int?> HttpPort { get; } = new("--http-port")
    {
        Description = "Where plain HTTP should redirect from; absent: 80 for endpoints on 443.",
        HelpName = "port",
    };

    /// <summary>What was asked for; each value out of bounds is a fault.</summary>
    public static ReportOptions Read(ParseResult arguments, out StartTls? startTls, List<string> faults)
    {
        startTls = null;
        if (arguments.GetValue(StartTls) is { } word)
        {
            if (Enum.TryParse<StartTls>(word, ignoreCase: true, out var named) && Enum.IsDefined(named) && !char.IsAsciiDigit(word[0]))
                startTls = named;
            else
                faults.Add($"--starttls: '{word}' is none of none, smtp, imap, pop3, ldap and postgresql");
        }

        Fingerprint? expected = null;
        if (arguments.GetValue(Expect) is { } text)
        {
            if (Fingerprint.TryParse(text, out var fingerprint))
                expected = fingerprint;
            else
                faults.Add("--expect: a fingerprint is 64 hexadecimal digits");
        }

        if (arguments.GetValue(Timeout) is not (>= 0.1 and <= 120))
            faults.Add("--timeout: 0.1 to 120 seconds");
        if (arguments.GetValue(Concurrency) is not (>= 1 and <= 1024))
            faults.Add("--concurrency: 1 to 1024");
        if (arguments.GetValue(WarnDays) is not (null or >= 0 and <= 3650))
            faults.Add("--warn-days: 0 to 3650");
        if (arguments.GetValue(WarnShare) is not (null or >= 0 and <= 1))
            faults.Add("--warn-share: 0 to 1");
        if (arguments.GetValue(HttpPort) is not (null or >= 1 and <= 65535))
            faults.Add("--http-port: 1 to 65535");
        if (arguments.GetValue(Name) is { } name && EndpointText.ReadName(name) is null)
            faults.Add($"--name: '{name}' is no host name");
        var roots = ReadRoots(arguments.GetValue(Trust), faults);
        if (faults.Count > 0)
            return new ReportOptions();
        return new ReportOptions
        {
            Survey = new SurveyOptions
            {
                Timeout = TimeSpan.FromSeconds(arguments.GetValue(Timeout)),
                Quick = arguments.GetValue(Quick),
                PlainHttpPort = arguments.GetValue(HttpPort),
            },
            Warning = new ExpiryWarning(arguments.GetValue(WarnDays), arguments.GetValue(WarnShare) ?? ExpiryWarning.UsualShare),
            Expected = expected,
            Revocation = !arguments.GetValue(NoRevocation),
            Roots = roots,
        };
    }

    private static TrustedRoots? ReadRoots(string? file, List<string> faults)
    {
        if (file is null)
            return null;
        try
        {
            var pem = System.IO.File.ReadAllBytes(file);
            var roots = TrustedRoots.None.With(pem);
            if (!roots.IsEmpty)
                return TrustedRoots.System.With(pem);
            faults.Add($"--trust: {file} holds no certificate in PEM form");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            faults.Add($"--trust: {fault.Message}");
        }

        return null;
    }
}
