using System.Net;
using System.Net.Sockets;
using Certrelay.Dns;
using Certrelay.Outgoing;
using Certrelay.RealParts.Support;

namespace Certrelay.RealParts.Dns;

/// <summary>What every resolver must do, held against BIND and what dig makes of the same question. A subclass gives the resolver.</summary>
public abstract class ResolverContract(NamedServer named)
{
    protected static OutgoingGuard Guard { get; } = new(new OutgoingOptions { Allow = ["127.0.0.0/8"] });

    protected abstract IDnsResolver Resolver { get; }

    [RealTheory("named", "dig")]
    [InlineData("two addresses", "example.test", DnsType.A)]
    [InlineData("an absolute name in capitals", "EXAMPLE.Test.", DnsType.A)]
    [InlineData("an IPv6 address", "example.test", DnsType.AAAA)]
    [InlineData("name servers", "example.test", DnsType.NS)]
    [InlineData("start of authority", "example.test", DnsType.SOA)]
    [InlineData("mail exchanges", "example.test", DnsType.MX)]
    [InlineData("CAA with parameters", "example.test", DnsType.CAA)]
    [InlineData("two texts", "_acme-challenge.example.test", DnsType.TXT)]
    [InlineData("a text of several parts", "long.example.test", DnsType.TXT)]
    [InlineData("a text with odd characters", "odd.example.test", DnsType.TXT)]
    [InlineData("a text too long for UDP", "many.example.test", DnsType.TXT)]
    [InlineData("digests of a zone below", "child.example.test", DnsType.DS)]
    [InlineData("aliases to an address", "www.example.test", DnsType.A)]
    [InlineData("an alias itself", "www.example.test", DnsType.CNAME)]
    [InlineData("a wildcard", "any.wild.example.test", DnsType.A)]
    [InlineData("a name with an escaped dot", @"a\.dot.example.test", DnsType.TXT)]
    [InlineData("no such name", "nothing.example.test", DnsType.A)]
    [InlineData("no such record", "edge.example.test", DnsType.MX)]
    [InlineData("an alias to no such name", "dangling.example.test", DnsType.A)]
    [InlineData("an alias to no such record", "empty.example.test", DnsType.MX)]
    public async Task Answers_as_dig_does(string what, string name, DnsType type)
    {
        var expected = await Dig.AskAsync(named.Address, name, type);

        var answer = await AskAsync(name, type);

        Assert.True(expected.Status is "NOERROR" or "NXDOMAIN", what);
        Assert.Equal(expected.Answer, Dig.Of(name, answer));
        Assert.Equal((expected.Status == "NOERROR", expected.Authoritative), (answer.Exists, answer.Authoritative));
    }

    [RealFact("named", "dig")]
    public async Task No_such_name_and_no_such_record_tell_the_zone()
    {
        var (nothing, empty) = (await AskAsync("nothing.example.test", DnsType.A), await AskAsync("edge.example.test", DnsType.TXT));

        Assert.False(nothing.Exists);
        Assert.True(empty.Exists);
        Assert.All((DnsAnswer[])[nothing, empty], answer =>
        {
            Assert.Empty(answer.Records);
            var zone = Assert.IsType<DnsRecord.StartOfAuthority>(Assert.Single(answer.Authority));
            Assert.Equal(("example.test", 2026010501u, TimeSpan.FromSeconds(60)), (zone.Name, zone.Serial, zone.Minimum));
        });
    }

    [RealFact("named", "dig")]
    public async Task An_alias_into_another_zone_is_followed_there()
    {
        // A server that is asked to find nothing elsewhere leaves that to who asks.
        Assert.Equal(["away.example.test. CNAME www.other.test."], (await Dig.AskAsync(named.Address, "away.example.test", DnsType.A)).Answer);

        var answer = await AskAsync("away.example.test", DnsType.A);

        Assert.Equal(["www.other.test"], answer.Aliases);
        Assert.Equal("198.51.100.1", Assert.IsType<DnsRecord.Address>(Assert.Single(answer.Records)).Value.ToString());
    }

    [RealTheory("named")]
    [InlineData("two names", "circle.example.test")]
    [InlineData("a name of itself", "self.example.test")]
    public async Task Aliases_in_a_circle_end(string what, string name)
    {
        var fault = await Assert.ThrowsAsync<Permanent>(() => AskAsync(name, DnsType.A));

        Assert.True(fault.Code == "dns.alias-loop", what);
    }

    [RealFact("named")]
    public async Task A_question_that_is_not_to_be_passed_on_stops_where_the_servers_end()
    {
        var answer = await Resolver.QueryAsync(new DnsQuestion("outside.example.test", DnsType.A) { Servers = [named.Address], Recursion = false }, CancellationToken.None);

        Assert.Equal(["www.example.invalid"], answer.Aliases);
        Assert.Empty(answer.Records);
    }

    [RealFact("named")]
    public async Task A_zone_above_shows_where_it_delegates_to()
    {
        var answer = await Resolver.QueryAsync(new DnsQuestion("www.child.example.test", DnsType.A) { Servers = [named.Address], Recursion = false }, CancellationToken.None);

        Assert.False(answer.Authoritative);
        Assert.Equal("ns.child.example.test", Assert.IsType<DnsRecord.NameServer>(Assert.Single(answer.Authority)).Host);
    }

    [RealTheory("named", "dig")]
    [InlineData("a zone that cannot be loaded", "www.broken.test", "SERVFAIL")]
    [InlineData("a zone that the server does not have", "www.example.invalid", "REFUSED")]
    public async Task A_failing_server_is_transient_and_the_next_one_is_asked(string what, string name, string status)
    {
        Assert.Equal(status, (await Dig.AskAsync(named.Address, name, DnsType.A)).Status);

        var fault = await Assert.ThrowsAsync<Transient>(() => AskAsync(name, DnsType.A));

        Assert.True(fault.Code == "dns.failure", what);
        await using var second = new AnyAnswer();
        var answer = await Resolver.QueryAsync(new DnsQuestion(name, DnsType.A) { Servers = [named.Address, second.Address] }, CancellationToken.None);
        Assert.Equal(second.Address, answer.Server);
    }

    [RealFact("named")]
    public async Task A_lame_server_is_no_answer()
    {
        var fault = await Assert.ThrowsAsync<Transient>(() => AskAsync("www.child.example.test", DnsType.A));

        Assert.Equal("dns.failure", fault.Code);
    }

    [RealFact("named")]
    public async Task A_silent_server_is_a_time_out_and_the_next_one_is_asked()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = (IPEndPoint)silent.LocalEndPoint!;

        Assert.Equal("dns.timeout", (await Assert.ThrowsAsync<Transient>(() => Resolver.QueryAsync(new DnsQuestion("example.test", DnsType.A) { Servers = [address] }, CancellationToken.None))).Code);
        var answer = await Resolver.QueryAsync(new DnsQuestion("example.test", DnsType.A) { Servers = [address, named.Address] }, CancellationToken.None);
        Assert.Equal(named.Address, answer.Server);
    }

    [RealFact("named")]
    public async Task A_cancelled_question_ends_at_once()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var cancel = new CancellationTokenSource();
        var asked = Resolver.QueryAsync(new DnsQuestion("example.test", DnsType.A) { Servers = [(IPEndPoint)silent.LocalEndPoint!] }, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    private Task<DnsAnswer> AskAsync(string name, DnsType type) => Resolver.QueryAsync(new DnsQuestion(name, type) { Servers = [named.Address] }, CancellationToken.None);

    /// <summary>A server that knows 192.0.2.1 for every name.</summary>
    private sealed class AnyAnswer : IAsyncDisposable
    {
        private readonly UdpClient _client = new(new IPEndPoint(IPAddress.Loopback, 0));
        private readonly Task _loop;

        public AnyAnswer() => _loop = ServeAsync();

        public IPEndPoint Address => (IPEndPoint)_client.Client.LocalEndPoint!;

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await _loop;
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var received = await _client.ReceiveAsync();
                    var end = 12;
                    while (received.Buffer[end] != 0)
                        end += received.Buffer[end] + 1;
                    byte[] answer = [.. received.Buffer[..(end + 5)], 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1];
                    answer[2] |= 0x84;
                    (answer[7], answer[11]) = (1, 0);
                    await _client.SendAsync(answer, received.RemoteEndPoint);
                }
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException)
            {
                // The end of the test.
            }
        }
    }
}
