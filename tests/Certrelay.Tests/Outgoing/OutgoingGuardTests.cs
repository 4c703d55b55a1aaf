using System.ComponentModel.DataAnnotations;
using System.Net;
using Certrelay.Outgoing;

namespace Certrelay.Tests.Outgoing;

public sealed class OutgoingGuardTests
{
    private const string Never = "never";
    private const string Loopback = "loopback";
    private const string Private = "private";
    private const string Public = "public";

    public static TheoryData<string, string, string> Addresses => new()
    {
        { "public IPv4", "93.184.216.34", Public },
        { "public IPv4 beside 10/8", "11.0.0.1", Public },
        { "public IPv4 below 172.16/12", "172.15.255.255", Public },
        { "public IPv4 above 172.16/12", "172.32.0.1", Public },
        { "public IPv4 above 100.64/10", "100.128.0.1", Public },
        { "public IPv6", "2606:2800:220:1:248:1893:25c8:1946", Public },
        { "public IPv6 in 2001::/16", "2001:4860:4860::8888", Public },
        { "private 10/8", "10.1.2.3", Private },
        { "private 172.16/12", "172.31.255.255", Private },
        { "private 192.168/16", "192.168.0.10", Private },
        { "carrier 100.64/10", "100.64.0.1", Private },
        { "benchmarking", "198.19.0.1", Private },
        { "documentation 192.0.2/24", "192.0.2.2", Private },
        { "documentation 203.0.113/24", "203.0.113.9", Private },
        { "reserved 240/4", "240.0.0.1", Private },
        { "unique local", "fd12:3456::1", Private },
        { "documentation IPv6", "2001:db8::1", Private },
        { "discard prefix", "100::1", Private },
        { "site-local of old", "fec0::1", Private },
        { "Teredo to a public host", "2001:0:4136:e378:8000:63bf:3fff:fdd2", Private },
        { "loopback", "127.0.0.1", Loopback },
        { "loopback far end", "127.255.255.254", Loopback },
        { "loopback IPv6", "::1", Loopback },
        { "link-local", "169.254.1.1", Never },
        { "link-local IPv6", "fe80::1", Never },
        { "link-local IPv6 far end", "febf::1", Never },
        { "link-local IPv6 with scope", "fe80::1%3", Never },
        { "metadata", "169.254.169.254", Never },
        { "metadata of Azure", "168.63.129.16", Never },
        { "metadata of Alibaba", "100.100.100.200", Never },
        { "metadata of AWS on IPv6", "fd00:ec2::254", Never },
        { "metadata of AWS on IPv6 with scope", "fd00:ec2::254%2", Never },
        { "metadata of Google on IPv6", "fd20:ce::254", Never },
        { "unspecified", "0.0.0.0", Never },
        { "unspecified network", "0.1.2.3", Never },
        { "unspecified IPv6", "::", Never },
        { "multicast", "224.0.0.251", Never },
        { "multicast IPv6", "ff02::1", Never },
        { "broadcast", "255.255.255.255", Never },
        { "mapped public", "::ffff:93.184.216.34", Public },
        { "mapped private", "::ffff:10.0.0.1", Private },
        { "mapped loopback", "::ffff:127.0.0.1", Loopback },
        { "mapped metadata", "::ffff:169.254.169.254", Never },
        { "mapped metadata of Azure", "::ffff:168.63.129.16", Never },
        { "NAT64 public", "64:ff9b::93.184.216.34", Public },
        { "NAT64 private", "64:ff9b::10.0.0.1", Private },
        { "NAT64 loopback", "64:ff9b::127.0.0.1", Loopback },
        { "NAT64 metadata", "64:ff9b::169.254.169.254", Never },
        { "NAT64 metadata of Alibaba", "64:ff9b::100.100.100.200", Never },
        { "local NAT64 /96 private", "64:ff9b:1::10.0.0.1", Private },
        { "local NAT64 /96 public", "64:ff9b:1::93.184.216.34", Private },
        { "local NAT64 /96 metadata", "64:ff9b:1::169.254.169.254", Never },
        { "local NAT64 /48 metadata", "64:ff9b:1:a9fe:a9:fe00::", Never },
        { "local NAT64 /56 metadata", "64:ff9b:1:a9:fe:a9fe::", Never },
        { "local NAT64 /64 metadata", "64:ff9b:1:0:a9:fea9:fe00:0", Never },
        { "local NAT64 /96 loopback", "64:ff9b:1:5::127.0.0.1", Loopback },
        { "6to4 public", "2002:5db8:d822::1", Public },
        { "6to4 private", "2002:a00:1::1", Private },
        { "6to4 metadata", "2002:a9fe:a9fe::1", Never },
        { "compatible metadata", "::169.254.169.254", Never },
        { "compatible public", "::93.184.216.34", Private },
        { "compatible loopback", "::127.0.0.1", Loopback },
        { "translated metadata", "::ffff:0:169.254.169.254", Never },
        { "Teredo to metadata", "2001:0:4136:e378:8000:63bf:5601:5601", Never },
    };

    [Theory]
    [MemberData(nameof(Addresses))]
    public void Each_address_is_judged_by_what_it_reaches(string description, string address, string reach)
    {
        Assert.NotEmpty(description);
        var parsed = IPAddress.Parse(address);
        var plain = new OutgoingGuard(new OutgoingOptions());
        var open = new OutgoingGuard(new OutgoingOptions { Allow = ["0.0.0.0/0", "::/0"], AllowLoopbackEndpoints = true });
        foreach (var outgoing in new[] { OutgoingClass.Content, OutgoingClass.Probe, OutgoingClass.Webhook, OutgoingClass.Cluster })
        {
            Assert.Equal(reach == Public, plain.Check(outgoing, parsed) is null);
            Assert.Equal(reach != Never, open.Check(outgoing, parsed) is null);
        }

        Assert.Equal(reach is Public or Private, plain.Check(OutgoingClass.Endpoint, parsed) is null);
        Assert.Equal(reach != Never, open.Check(OutgoingClass.Endpoint, parsed) is null);
    }

    [Fact]
    public void Allowed_network_opens_nothing_beside_it_and_no_endpoint()
    {
        var guard = new OutgoingGuard(new OutgoingOptions { Allow = ["127.0.0.2/32"] });

        Assert.Null(guard.Check(OutgoingClass.Webhook, IPAddress.Parse("127.0.0.2")));
        Assert.Null(guard.Check(OutgoingClass.Webhook, IPAddress.Parse("::ffff:127.0.0.2")));
        Assert.NotNull(guard.Check(OutgoingClass.Webhook, IPAddress.Parse("127.0.0.3")));
        Assert.NotNull(guard.Check(OutgoingClass.Endpoint, IPAddress.Parse("127.0.0.2")));
    }

    [Fact]
    public void Refusal_names_the_address_what_it_is_and_the_setting()
    {
        var guard = new OutgoingGuard(new OutgoingOptions());

        var refusal = guard.Check(OutgoingClass.Endpoint, IPAddress.Parse("127.0.0.1"));
        var inner = guard.Check(OutgoingClass.Content, IPAddress.Parse("64:ff9b::a9fe:a9fe"));

        Assert.Equal(("probe.forbidden", "127.0.0.1"), (refusal!.Code, refusal.Scope));
        Assert.Equal("127.0.0.1 is a loopback address; Outgoing:AllowLoopbackEndpoints does not permit it.", refusal.Message);
        Assert.Contains("a link-local address (169.254.169.254) in another form", inner!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_name_every_entry_that_is_no_network()
    {
        var options = new OutgoingOptions { Allow = ["10.0.0.0/8", "everything", "fd00::/8", "10.0.0.0/40"] };

        var faults = options.Validate(new ValidationContext(options)).SelectMany(fault => fault.MemberNames);

        Assert.Equal(["Allow[1]", "Allow[3]"], faults);
    }
}
