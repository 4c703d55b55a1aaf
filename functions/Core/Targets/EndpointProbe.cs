using System.Net;
using Certrelay.Certificates;
using Certrelay.Dns;
using Certrelay.Outgoing;

namespace Certrelay.Targets;

/// <summary>What one round of probes showed of an endpoint. <see cref="Failure"/> (<c>dns.*</c>) says why there are no addresses at all.</summary>
public sealed record EndpointReading(Endpoint Endpoint, IReadOnlyList<AddressReading> Addresses, Finding? Failure = null);

/// <summary>All handshakes of one round with one address; a forbidden address has one result and was not connected to.</summary>
public sealed record AddressReading(IPAddress Address, IReadOnlyList<ProbeResult> Samples);

/// <summary>Resolves an endpoint anew, checks each address and probes all of them at once, so that a hanging one costs one time-out and not the sum.</summary>
public sealed class EndpointProbe(IResolver resolver, OutgoingGuard guard, TlsProbe probe)
{
    // More addresses than any one name has in practice; beyond it they take turns.
    private const int AddressesAtOnce = 16;

    /// <summary>Makes <paramref name="samples"/> fresh handshakes with every address. Only cancellation is thrown.</summary>
    public async Task<EndpointReading> ProbeAsync(
        Endpoint endpoint, OutgoingClass outgoing, int samples, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        IReadOnlyList<IPAddress> addresses;
        try
        {
            addresses = endpoint.Addresses.Count > 0 ? Pinned(endpoint) : await resolver.AddressesAsync(endpoint.Host, cancellationToken);
        }
        catch (Failure failure)
        {
            return new EndpointReading(endpoint, [], FindingCodes.Of(failure, endpoint.Host));
        }

        var readings = new AddressReading[addresses.Count];
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = AddressesAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, addresses.Count, bounds, async (index, token) =>
            readings[index] = await ProbeAddressAsync(addresses[index], endpoint, outgoing, samples, timeout, token));
        return new EndpointReading(endpoint, readings);
    }

    private async Task<AddressReading> ProbeAddressAsync(
        IPAddress address, Endpoint endpoint, OutgoingClass outgoing, int samples, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (guard.Check(outgoing, address) is { } forbidden)
            return new AddressReading(address, [new ProbeResult(address, TimeSpan.Zero) { Failure = forbidden }]);
        var results = await Task.WhenAll(
            Enumerable.Range(0, samples).Select(_ => probe.ProbeAsync(address, endpoint, timeout, cancellationToken)));
        return new AddressReading(address, results);
    }

    private static List<IPAddress> Pinned(Endpoint endpoint) =>
    [
        .. endpoint.Addresses
            .Select(text => IPAddress.TryParse(text, out var address)
                ? address
                : throw new Permanent(FindingCodes.DnsNoAddress.Code, $"The pinned '{text}' of {endpoint} is not an IP address."))
            .Distinct(),
    ];
}
