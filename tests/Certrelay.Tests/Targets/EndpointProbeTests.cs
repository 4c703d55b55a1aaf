using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Certrelay.Dns;
using Certrelay.Outgoing;
using Certrelay.Targets;

namespace Certrelay.Tests.Targets;

public sealed class EndpointProbeTests : IDisposable
{
    private readonly TcpListener _silent = new(IPAddress.Parse("127.0.0.9"), 0);

    public EndpointProbeTests() => _silent.Start();

    private int Port => ((IPEndPoint)_silent.LocalEndpoint).Port;

    [Fact]
    public async Task Hanging_address_costs_one_time_out()
    {
        var timeout = TimeSpan.FromSeconds(2);
        var started = Stopwatch.GetTimestamp();

        var reading = await Probe("127.0.0.9", "127.0.0.10", "127.0.0.11")
            .ProbeAsync(new Endpoint("shop.example.com", Port), OutgoingClass.Endpoint, samples: 4, timeout, CancellationToken.None);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, timeout * 3);
        Assert.Equal(["127.0.0.9", "127.0.0.10", "127.0.0.11"], reading.Addresses.Select(address => address.Address.ToString()));
        Assert.All(reading.Addresses, address => Assert.Equal(4, address.Samples.Count));
        Assert.All(reading.Addresses[0].Samples, sample => Assert.Equal("probe.timeout", sample.Failure!.Code));
        Assert.All(reading.Addresses[1].Samples, sample => Assert.Equal("probe.refused", sample.Failure!.Code));
    }

    [Fact]
    public async Task Forbidden_address_is_told_and_not_connected_to()
    {
        var reading = await Probe("169.254.169.254", "127.0.0.10")
            .ProbeAsync(new Endpoint("shop.example.com", Port), OutgoingClass.Endpoint, samples: 2, TimeSpan.FromSeconds(5), CancellationToken.None);

        Assert.Equal("probe.forbidden", Assert.Single(reading.Addresses[0].Samples).Failure!.Code);
        Assert.Equal(2, reading.Addresses[1].Samples.Count);
    }

    [Fact]
    public async Task Pinned_addresses_are_used_instead_of_the_name_and_checked_all_the_same()
    {
        var endpoint = new Endpoint("shop.example.com", Port) { Addresses = ["127.0.0.10", "169.254.169.254"] };

        var reading = await Probe("192.0.2.1").ProbeAsync(endpoint, OutgoingClass.Endpoint, 1, TimeSpan.FromSeconds(5), CancellationToken.None);

        Assert.Equal(["probe.refused", "probe.forbidden"], reading.Addresses.SelectMany(address => address.Samples).Select(sample => sample.Failure!.Code));
    }

    [Theory]
    [InlineData("pinned text that is no address", "dns.no-address", true)]
    [InlineData("a name without an address", "dns.no-address", false)]
    public async Task Endpoint_without_addresses_says_why(string description, string code, bool pinned)
    {
        Assert.NotEmpty(description);
        var endpoint = new Endpoint("shop.example.com", Port) { Addresses = pinned ? ["here"] : [] };

        var reading = await Probe().ProbeAsync(endpoint, OutgoingClass.Endpoint, 1, TimeSpan.FromSeconds(5), CancellationToken.None);

        Assert.Empty(reading.Addresses);
        Assert.Equal((code, "shop.example.com"), (reading.Failure!.Code, reading.Failure.Scope));
    }

    public void Dispose() => _silent.Dispose();

    private static EndpointProbe Probe(params string[] addresses) => new(
        new SystemResolver(TimeProvider.System, (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray())),
        new OutgoingGuard(new OutgoingOptions { AllowLoopbackEndpoints = true }),
        new TlsProbe(TimeProvider.System));
}
