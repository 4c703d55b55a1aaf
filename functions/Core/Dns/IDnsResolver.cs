namespace Certrelay.Dns;

/// <summary>
/// Records of the Domain Name System, from the name servers of this host or from chosen ones. Throws <see cref="Transient"/> (<c>dns.timeout</c>, <c>dns.failure</c>) when
/// no server gave an answer and <see cref="Permanent"/> when aliases lead nowhere (<c>dns.alias-loop</c>), the name cannot be one (<c>dns.name</c>) or a chosen server
/// may not be asked (<c>probe.forbidden</c>). Cancellation is an <see cref="OperationCanceledException"/>.
/// </summary>
public interface IDnsResolver
{
    /// <summary>The answer to one question. That there is no such name, or no such record, is an answer, too.</summary>
    Task<DnsAnswer> QueryAsync(DnsQuestion question, CancellationToken cancellationToken);
}
