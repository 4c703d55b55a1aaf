using System.Net;
using Certrelay.Tests.Api;
using Certrelay.Watch.Discovery;

namespace Certrelay.Tests.Discovery;

public sealed class DiscoverRefusalTests(DiscoverRefusalTests.Server server) : IClassFixture<DiscoverRefusalTests.Server>
{
    [Theory]
    [InlineData("no endpoint", """{}""", "")]
    [InlineData("none of any kind", """{"endpoints":[],"networks":[]}""", "")]
    [InlineData("what is no host", """{"endpoints":["a.example.com","a b","ftp://x"]}""", "/endpoints/1 /endpoints/2")]
    [InlineData("a foreign network", """{"networks":["127.0.0.0/29","10.0.0.0/30","127.0.0.0/28"]}""", "/networks/1 /networks/2")]
    [InlineData("an address for a network", """{"networks":["127.0.0.1"]}""", "/networks/0")]
    [InlineData("a large network", """{"networks":["172.20.0.0/16"]}""", "/networks/0")]
    [InlineData("many ports", """{"networks":["172.20.0.0/24"],"ports":[443,8443,9443,10443]}""", "/networks/0")]
    [InlineData("too many in all", """{"networks":["172.20.0.0/24","172.20.1.0/24","172.20.2.0/24","172.20.3.0/24"]}""", "/networks/3")]
    [InlineData("a vast network of IPv6", """{"networks":["fd00:1::/64"]}""", "/networks/0")]
    [InlineData("no port", """{"networks":["127.0.0.0/29"],"ports":[0,443,65536]}""", "/ports/0 /ports/2")]
    [InlineData("too long a time", """{"endpoints":["a.example.com"],"timeoutSeconds":31}""", "/timeoutSeconds")]
    [InlineData("an unknown field", """{"endpoints":["a.example.com"],"colour":1}""", "/colour")]
    public async Task Requests_are_refused_with_every_fault(string description, string body, string places)
    {
        Assert.NotEmpty(description);
        var reply = await server.Api.SendAsync("POST", "/api/discover", body);

        Assert.Equal((400, "body.invalid"), (reply.Status, reply.Problem));
        Assert.Equal(places, string.Join(' ', reply.Json["faults"]!.AsArray().Select(static fault => (string)fault!["at"]!)));
    }

    [Theory]
    [InlineData("no header row", "a.example.com,443\n", "line 1")]
    [InlineData("a column twice", "host,host\na.example.com,b\n", "line 1")]
    [InlineData("a quote without an end", "host,owner\na.example.com,\"web\n", "")]
    [InlineData("no rows", "host,port\n", "")]
    [InlineData("rows of another shape", "host,port\na.example.com,443,web\n,443\na.example.com,x\n\na b,\n", "line 2 line 3 line 4 line 6")]
    [InlineData("a foreign network", "host,port\n10.0.0.0/30,443\n", "line 2")]
    public async Task Lists_as_csv_are_refused_with_every_fault(string description, string body, string places)
    {
        Assert.NotEmpty(description);
        var reply = await server.Api.SendAsync("POST", "/api/discover", DiscoveryBench.Csv(body));

        Assert.Equal((400, "body.invalid"), (reply.Status, reply.Problem));
        Assert.Equal(places, string.Join(' ', reply.Json["faults"]!.AsArray().Select(static fault => (string)fault!["at"]!)));
    }

    [Fact]
    public async Task Owners_and_tags_of_a_list_are_held_to_their_form()
    {
        var reply = await server.Api.SendAsync("POST", "/api/discover", DiscoveryBench.Csv($"host,owner,env\na.example.com,{new string('x', 201)},{new string('y', 201)}\n"));

        Assert.Equal(2, reply.Json["faults"]!.AsArray().Count);
    }

    [Fact]
    public async Task More_than_1000_endpoints_are_to_be_sent_in_parts()
    {
        var rows = string.Concat(Enumerable.Range(0, 1001).Select(static number => $"h{number}.example.com\n"));

        var reply = await server.Api.SendAsync("POST", "/api/discover", DiscoveryBench.Csv($"host\n{rows}"));

        Assert.Equal("line 1002: makes more than 1000 endpoints; send them in parts", string.Join(' ', reply.Json["faults"]!.AsArray().Select(static fault => $"{fault!["at"]}: {fault["detail"]}")));
    }

    [Fact]
    public async Task Without_the_setting_no_network_is_looked_through()
    {
        await using var api = await ApiServer.StartAsync();

        var reply = await api.SendAsync("POST", "/api/discover", """{"networks":["127.0.0.0/29"]}""");

        Assert.Contains("Discover:Networks", reply.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.0/30", "10.0.0.1 10.0.0.2")]
    [InlineData("10.0.0.254/31", "10.0.0.254 10.0.0.255")]
    [InlineData("10.0.0.7/32", "10.0.0.7")]
    [InlineData("fd00::ff:fffe/127", "fd00::ff:fffe fd00::ff:ffff")]
    public void A_network_has_the_addresses_of_its_hosts(string network, string addresses) =>
        Assert.Equal(addresses, string.Join(' ', OwnNetworks.AddressesOf(IPNetwork.Parse(network), 1000)!));

    [Fact]
    public void Addresses_carry_into_the_byte_before() =>
        Assert.Equal("10.0.1.4", OwnNetworks.AddressesOf(IPNetwork.Parse("10.0.0.0/22"), 2000)![259].ToString());

    public sealed class Server : IAsyncLifetime
    {
        internal ApiServer Api { get; private set; } = null!;

        public async Task InitializeAsync() => Api = await ApiServer.StartAsync(
            change: static settings => settings with { Discover = new DiscoverOptions { Networks = ["127.0.0.0/29", "172.16.0.0/12", "fd00::/8"] } });

        public Task DisposeAsync() => Api.DisposeAsync().AsTask();
    }
}
