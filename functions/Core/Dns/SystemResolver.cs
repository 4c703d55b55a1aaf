using System.Net;
using System.Net.Sockets;
using Certrelay.Certificates;

namespace Certrelay.Dns;

/// <summary>Asks the resolver of the operating system, anew at each call; the framework keeps no cache.</summary>
public sealed class SystemResolver : IResolver
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _lookUp;

    public SystemResolver(TimeProvider time)
        : this(time, System.Net.Dns.GetHostAddressesAsync)
    {
    }

    internal SystemResolver(TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> lookUp) => (_time, _lookUp) = (time, lookUp);

    public async Task<IReadOnlyList<IPAddress>> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (IPAddress.TryParse(host, out var literal))
            return [literal];
        // An empty name would mean this host itself.
        if (string.IsNullOrWhiteSpace(host))
            throw NoAddress(host);
        try
        {
            // The lookup blocks inside the C library, so that waiting for it is all that can be given up.
            var addresses = await _lookUp(host, cancellationToken).WaitAsync(Timeout, _time, cancellationToken);
            return addresses.Length == 0 ? throw NoAddress(host) : [.. addresses.Distinct()];
        }
        catch (TimeoutException exception)
        {
            throw new Transient(FindingCodes.DnsTimeout.Code, $"No name server answered for {host} in {Timeout.TotalSeconds:0} s.", cause: exception);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            throw NoAddress(host, exception);
        }
        catch (SocketException exception)
        {
            throw new Transient(FindingCodes.DnsFailure.Code, $"The name server failed for {host}: {exception.Message}.", cause: exception);
        }
        catch (ArgumentException exception)
        {
            // The framework's answer to a name that is too long for DNS.
            throw NoAddress(host, exception);
        }
    }

    private static Permanent NoAddress(string host, Exception? cause = null) =>
        new(FindingCodes.DnsNoAddress.Code, $"The host name '{host}' has no address.", cause);
}
