using System.Net;

namespace Certrelay.Dns;

/// <summary>Names to answers. Every method throws <see cref="Transient"/> (<c>dns.timeout</c>, <c>dns.failure</c>) when no server answered and <see cref="Permanent"/> (<c>dns.no-address</c>) when the name has none.</summary>
public interface IResolver
{
    /// <summary>The IPv4 and IPv6 addresses of a host now, each once; an IP literal is its own answer.</summary>
    Task<IReadOnlyList<IPAddress>> AddressesAsync(string host, CancellationToken cancellationToken);
}
