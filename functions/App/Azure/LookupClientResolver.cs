using System.Net;
using Certrelay.Certificates;
using Certrelay.Dns;
using Certrelay.Outgoing;
using DnsClient;
using DnsClient.Protocol;

namespace Certrelay.App.Azure;

/// <summary>Records through DnsClient. Questions for DS, and for what a server has proved, go to our own resolver, because the library does not show those bits.</summary>
public sealed class LookupClientResolver(OutgoingGuard guard, TimeProvider time) : IDnsResolver
{
    private const int LongestChain = 16;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly DnsResolver _own = new(guard, time);
    private readonly LookupClient _system = new(OptionsOf(new LookupClientOptions()));

    public async Task<DnsAnswer> QueryAsync(DnsQuestion question, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!DnsName.IsValid(question.Name))
            throw new Permanent(FindingCodes.DnsNameInvalid.Code, $"'{question.Name}' cannot be a domain name.");
        if (question.Dnssec || !question.Recursion || question.Type is DnsType.DS)
            return await _own.QueryAsync(question, cancellationToken);
        var client = question.Servers.Count == 0 ? _system : new LookupClient(OptionsOf(new LookupClientOptions(guard.Among(question.Servers).ToArray())));
        var (name, aliases) = (DnsName.Normal(question.Name), new List<string>());
        while (true)
        {
            var response = await AskAsync(client, question with { Name = name }, cancellationToken);
            var before = aliases.Count;
            name = Follow(response, question, name, aliases);
            var records = response.Answers.Select(RecordOf).Where(one => one.Type == question.Type && one.Record!.Name == name).Select(static one => one.Record!).ToList();
            var authority = response.Authorities.Select(RecordOf).Where(static one => one.Type is DnsType.NS or DnsType.SOA).Select(static one => one.Record!).ToList();
            var exists = response.Header.ResponseCode != DnsHeaderResponseCode.NotExistentDomain;
            if (aliases.Count > before && records.Count == 0 && exists && !authority.OfType<DnsRecord.StartOfAuthority>().Any())
                continue;
            return new DnsAnswer
            {
                Exists = exists,
                Records = records,
                Aliases = aliases,
                Authority = authority,
                Authoritative = response.Header.HasAuthorityAnswer,
                Server = new IPEndPoint(IPAddress.Parse(response.NameServer.Address), response.NameServer.Port),
            };
        }
    }

    // No cache: what is asked here has just been changed, or decides whether a certificate is issued.
    private static LookupClientOptions OptionsOf(LookupClientOptions options)
    {
        options.UseCache = false;
        options.Timeout = Timeout;
        options.Retries = 1;
        options.UseRandomNameServer = false;
        return options;
    }

    private static async Task<IDnsQueryResponse> AskAsync(LookupClient client, DnsQuestion question, CancellationToken cancellationToken)
    {
        try
        {
            var response = await client.QueryAsync($"{question.Name}.", (QueryType)question.Type, QueryClass.IN, cancellationToken);
            if (response.HasError && response.Header.ResponseCode != DnsHeaderResponseCode.NotExistentDomain)
            {
                // BIND gives up on a circle of its own aliases so, and shows them.
                Follow(response, question, question.Name, []);
                throw new Transient(FindingCodes.DnsFailure.Code, $"No name server answered for {question.Name} {question.Type}: {response.ErrorMessage}.");
            }

            // It names other servers instead of answering: it is asked for a zone that it does not hold.
            if (response.Answers.Count == 0 && !response.Header.HasAuthorityAnswer && response.Authorities.Count > 0 && response.Authorities.All(static one => one is NsRecord))
                throw new Transient(FindingCodes.DnsFailure.Code, $"{response.NameServer} is lame for {question.Name}: it only refers to other servers.");
            return response;
        }
        catch (DnsResponseException) when (cancellationToken.IsCancellationRequested)
        {
            // The library wraps cancellation.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (DnsResponseException late) when (late.Code == DnsResponseCode.ConnectionTimeout)
        {
            throw new Transient(FindingCodes.DnsTimeout.Code, $"No name server answered for {question.Name} {question.Type} in time.", cause: late);
        }
        catch (DnsResponseException fault)
        {
            throw new Transient(FindingCodes.DnsFailure.Code, $"No name server answered for {question.Name} {question.Type}: {fault.Code}.", cause: fault);
        }
    }

    private static string Follow(IDnsQueryResponse response, DnsQuestion question, string name, List<string> aliases)
    {
        if (question.Type == DnsType.CNAME)
            return name;
        while (response.Answers.OfType<CNameRecord>().FirstOrDefault(alias => NameOf(alias.DomainName) == name) is { } alias)
        {
            var target = NameOf(alias.CanonicalName);
            if (aliases.Contains(target, StringComparer.Ordinal) || target == DnsName.Normal(question.Name) || aliases.Count == LongestChain)
                throw new Permanent(FindingCodes.DnsAliasLoop.Code, $"The aliases of {question.Name} lead in a circle, or over more than {LongestChain} names.");
            aliases.Add(target);
            name = target;
        }

        return name;
    }

    private static (DnsType Type, DnsRecord? Record) RecordOf(DnsResourceRecord record)
    {
        var (name, ttl) = (NameOf(record.DomainName), TimeSpan.FromSeconds(record.TimeToLive));
        return record switch
        {
            ARecord one => (DnsType.A, new DnsRecord.Address(name, ttl, one.Address)),
            AaaaRecord one => (DnsType.AAAA, new DnsRecord.Address(name, ttl, one.Address)),
            CNameRecord one => (DnsType.CNAME, new DnsRecord.CanonicalName(name, ttl, NameOf(one.CanonicalName))),
            NsRecord one => (DnsType.NS, new DnsRecord.NameServer(name, ttl, NameOf(one.NSDName))),
            SoaRecord one => (DnsType.SOA, new DnsRecord.StartOfAuthority(name, ttl, NameOf(one.MName), NameOf(one.RName), one.Serial, TimeSpan.FromSeconds(one.Minimum))),
            MxRecord one => (DnsType.MX, new DnsRecord.MailExchange(name, ttl, one.Preference, NameOf(one.Exchange))),
            TxtRecord one => (DnsType.TXT, new DnsRecord.Text(name, ttl, string.Concat(one.Text))),
            CaaRecord one => (DnsType.CAA, new DnsRecord.CertificateAuthority(name, ttl, (one.Flags & 0x80) != 0, one.Tag, one.Value)),
            _ => (default, null),
        };
    }

    private static string NameOf(DnsString name) => DnsName.Normal(name.Value);
}
