using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Certrelay.Certificates;
using Certrelay.Outgoing;

namespace Certrelay.Dns;

/// <summary>Our own stub resolver (RFC 1034, section 5.3.1): each server in turn, twice, then the aliases to their end. It keeps no answers.</summary>
public sealed class DnsResolver(OutgoingGuard guard, TimeProvider time) : IDnsResolver
{
    private const int Port = 53;
    private const int Rounds = 2;
    private const int LongestChain = 16;

    /// <summary>How long one server may take for one question.</summary>
    internal TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    public async Task<DnsAnswer> QueryAsync(DnsQuestion question, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!DnsName.IsValid(question.Name))
            throw new Permanent(FindingCodes.DnsNameInvalid.Code, $"'{question.Name}' cannot be a domain name.");
        var servers = question.Servers.Count > 0 ? guard.Among(question.Servers) : OwnServers();
        var aliases = new List<string>();
        var name = DnsName.Normal(question.Name);
        while (true)
        {
            var (server, message) = await AskAsync(servers, question with { Name = name }, cancellationToken);
            var before = aliases.Count;
            name = Follow(message, question, name, aliases);
            var records = message.Answers.Where(one => one.Type == question.Type && one.Record.Name == name).Select(static one => one.Record).ToList();
            // A server that knows the end of the chain says so with records, with the zone's SOA, or with NXDOMAIN; one that does not is asked for it.
            var open = aliases.Count > before && records.Count == 0 && question.Recursion && message.Code == DnsMessage.NoError && !message.Authority.Exists(static one => one.Type == DnsType.SOA);
            if (open)
                continue;
            return new DnsAnswer
            {
                Exists = message.Code != DnsMessage.NameError,
                Records = records,
                Aliases = aliases,
                Authority = [.. message.Authority.Where(static one => one.Type is DnsType.NS or DnsType.SOA).Select(static one => one.Record)],
                Authoritative = message.IsAuthoritative,
                Authenticated = message.IsAuthenticated,
                Server = server,
            };
        }
    }

    private static List<IPEndPoint> OwnServers()
    {
        var own = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(static network => network.GetIPProperties().DnsAddresses).Distinct().Select(static address => new IPEndPoint(address, Port)).ToList();
        return own.Count > 0 ? own : throw new Transient(FindingCodes.DnsFailure.Code, "This host knows no name server.");
    }

    private static string Follow(DnsMessage message, DnsQuestion question, string name, List<string> aliases)
    {
        if (question.Type == DnsType.CNAME)
            return name;
        while (AliasOf(message, name) is { } alias)
        {
            if (aliases.Contains(alias.Target, StringComparer.Ordinal) || alias.Target == DnsName.Normal(question.Name) || aliases.Count == LongestChain)
                throw new Permanent(FindingCodes.DnsAliasLoop.Code, $"The aliases of {question.Name} lead in a circle, or over more than {LongestChain} names.");
            aliases.Add(alias.Target);
            name = alias.Target;
        }

        return name;
    }

    private static DnsRecord.CanonicalName? AliasOf(DnsMessage message, string name) =>
        message.Answers.Select(static one => one.Record).OfType<DnsRecord.CanonicalName>().FirstOrDefault(alias => alias.Name == name);

    private static bool IsCircle(DnsMessage message, string name)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (seen.Add(name))
        {
            if (AliasOf(message, name) is not { } alias)
                return false;
            name = alias.Target;
        }

        return true;
    }

    private async Task<(IPEndPoint Server, DnsMessage Message)> AskAsync(List<IPEndPoint> servers, DnsQuestion question, CancellationToken cancellationToken)
    {
        var name = DnsName.ToWire(question.Name)!;
        var faults = new List<string>();
        var late = true;
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var server in servers)
            {
                using var limit = new CancellationTokenSource(Timeout, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                try
                {
                    var message = await DnsExchange.AskAsync(server, name, question, either.Token);
                    if (WhyUseless(message, question) is not { } useless)
                        return (server, message);
                    late = false;
                    faults.Add($"{server} {useless}");
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    faults.Add($"{server} did not answer in {Timeout.TotalSeconds:0.#} s");
                }
                catch (Exception fault) when (fault is SocketException or IOException or FormatException)
                {
                    late = false;
                    faults.Add($"{server} {(fault is FormatException ? "sent a damaged answer" : "cannot be reached")}");
                }
            }
        }

        var code = late ? FindingCodes.DnsTimeout : FindingCodes.DnsFailure;
        throw new Transient(code.Code, $"No name server answered for {question.Name} {question.Type}: {string.Join("; ", faults.Distinct(StringComparer.Ordinal))}.");
    }

    /// <summary>Why the next server is to be asked; null when this one answered.</summary>
    private static string? WhyUseless(DnsMessage message, DnsQuestion question) => message.Code switch
    {
        DnsMessage.NameError => null,
        // It names other servers instead of answering: it is asked for a zone that it does not hold.
        DnsMessage.NoError when question.Recursion && message is { Answers.Count: 0, IsAuthoritative: false } && message.Authority.Count > 0
            && message.Authority.TrueForAll(static one => one.Type == DnsType.NS) => "is lame: it only refers to other servers",
        DnsMessage.NoError => null,
        // BIND gives up on its own aliases so, and shows them.
        DnsMessage.ServerFailure when IsCircle(message, question.Name) => null,
        DnsMessage.ServerFailure => "failed (SERVFAIL)",
        5 => "refused (REFUSED)",
        var other => $"answered code {other}",
    };
}
