// DnsClient 1.8.0: just the members that functions/App uses. Numbers are lines of azure-sdk.md; "source" is the package's public source where that file
// is silent.
#pragma warning disable CA1032, CA1064, CA1711, MA0048
using System.Net;
using DnsClient.Protocol;

namespace DnsClient;

/// <summary>Line 72 to 73; the other properties have their defaults there.</summary>
public class LookupClientOptions
{
    public LookupClientOptions() => throw new NotSupportedException();

    public LookupClientOptions(params IPEndPoint[] nameServers) => throw new NotSupportedException();

    public bool UseCache { get; set; }

    public TimeSpan Timeout { get; set; }

    public int Retries { get; set; }

    public bool UseRandomNameServer { get; set; }
}

/// <summary>Lines 72 and 74.</summary>
public class LookupClient
{
    public LookupClient(LookupClientOptions options) => throw new NotSupportedException();

    public Task<IDnsQueryResponse> QueryAsync(string query, QueryType queryType, QueryClass queryClass = QueryClass.IN, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();
}

/// <summary>Line 74; the values are the protocol's: source.</summary>
public enum QueryType
{
    A = 1,
}

/// <summary>Line 74.</summary>
public enum QueryClass
{
    IN = 1,
}

/// <summary>Line 75.</summary>
public interface IDnsQueryResponse
{
    IReadOnlyList<DnsResourceRecord> Answers { get; }

    IReadOnlyList<DnsResourceRecord> Authorities { get; }

    bool HasError { get; }

    string ErrorMessage { get; }

    DnsResponseHeader Header { get; }

    NameServer NameServer { get; }
}

/// <summary>Line 75; HasAuthorityAnswer: source.</summary>
public class DnsResponseHeader
{
    public DnsHeaderResponseCode ResponseCode => throw new NotSupportedException();

    public bool HasAuthorityAnswer => throw new NotSupportedException();
}

/// <summary>Line 75.</summary>
public enum DnsHeaderResponseCode
{
    NoError = 0,
    NotExistentDomain = 3,
}

/// <summary>Line 75; its members: source.</summary>
public class NameServer
{
    public string Address => throw new NotSupportedException();

    public int Port => throw new NotSupportedException();
}

/// <summary>Line 77.</summary>
public class DnsResponseException : Exception
{
    public DnsResponseCode Code => throw new NotSupportedException();
}

/// <summary>Line 77.</summary>
public enum DnsResponseCode
{
    NoError = 0,
    ConnectionTimeout = 1001,
}

/// <summary>Line 76; Value: source.</summary>
public class DnsString
{
    public string Value => throw new NotSupportedException();
}
