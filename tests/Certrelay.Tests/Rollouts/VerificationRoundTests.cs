using System.Net;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Targets;

namespace Certrelay.Tests.Rollouts;

public sealed class VerificationRoundTests
{
    private static readonly byte[] Leaf = [1];
    private static readonly byte[] Other = [2];
    private static readonly byte[] Intermediate = [3];
    private static readonly byte[] Extra = [4];
    private static readonly Endpoint Shop = new("shop.example.test", 443);

    [Fact]
    public void Good_is_when_every_sample_of_every_address_shows_leaf_and_chain()
    {
        var round = After([], At("192.0.2.1", [Leaf, Intermediate], [Leaf, Intermediate]), At("192.0.2.2", [Leaf, Intermediate]));

        Assert.Equal((true, true, null), (round.Good, round.AnySeen, round.Fault));
        Assert.Empty(round.Notices);
    }

    [Fact]
    public void One_sample_with_another_leaf_spoils_its_address()
    {
        var round = After([], At("192.0.2.1", [Leaf, Intermediate], [Other]), At("192.0.2.2", [Leaf, Intermediate]));

        Assert.Equal((false, true, "probe.other-leaf", "192.0.2.1"), (round.Good, round.AnySeen, round.Fault!.Code, round.Fault.Address));
        Assert.Contains(Fingerprint.Of(Other).Hex, round.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_intermediate_spoils_it()
    {
        var round = After([], At("192.0.2.1", [Leaf]));

        Assert.Equal((false, false, "probe.missing-intermediate"), (round.Good, round.AnySeen, round.Fault!.Code));
    }

    [Fact]
    public void More_certificates_than_needed_and_another_order_are_only_noticed()
    {
        Assert.Equal("probe.extra-chain", Assert.Single(After([], At("192.0.2.1", [Leaf, Intermediate, Extra])).Notices).Code);
        var round = VerificationRound.OfVersion([Read(At("192.0.2.1", [Leaf, Extra, Intermediate]))], Fingerprint.Of(Leaf), [Intermediate, Extra], []);
        Assert.True(round.Good);
        Assert.Equal("probe.chain-order", Assert.Single(round.Notices).Code);
    }

    [Fact]
    public void An_address_that_gave_nothing_before_and_gives_nothing_now_is_noted_and_not_counted()
    {
        Sighting[] baseline = [Before("192.0.2.1", Other), Before("192.0.2.2", null)];

        var round = After(baseline, At("192.0.2.1", [Leaf, Intermediate]), Silent("192.0.2.2"));

        Assert.True(round.Good);
        Assert.Equal("probe.timeout", round.Fault!.Code);
    }

    [Fact]
    public void An_address_that_fell_silent_since_counts()
    {
        Sighting[] baseline = [Before("192.0.2.1", Other), Before("192.0.2.2", Other)];

        Assert.False(After(baseline, At("192.0.2.1", [Leaf, Intermediate]), Silent("192.0.2.2")).Good);
    }

    [Fact]
    public void At_least_one_address_must_be_seen()
    {
        var round = After([Before("192.0.2.1", null)], Silent("192.0.2.1"));

        Assert.Equal((false, false), (round.Good, round.AnySeen));
    }

    [Fact]
    public void A_name_that_does_not_resolve_is_a_sighting_without_an_address()
    {
        var round = VerificationRound.OfVersion(
            [new EndpointReading(Shop, [], FindingCodes.DnsNoAddress.At(Shop.Host))], Fingerprint.Of(Leaf), [], []);

        Assert.Equal((false, "dns.no-address", ""), (round.Good, round.Fault!.Code, round.Fault.Address));
    }

    [Fact]
    public void After_a_restore_each_address_must_show_what_it_showed_before()
    {
        Sighting[] baseline = [Before("192.0.2.1", Leaf), Before("192.0.2.2", Other)];

        Assert.True(VerificationRound.OfBaseline([Read(At("192.0.2.1", [Leaf]), At("192.0.2.2", [Other]))], baseline).Good);
        Assert.False(VerificationRound.OfBaseline([Read(At("192.0.2.1", [Other]), At("192.0.2.2", [Other]))], baseline).Good);
        Assert.True(VerificationRound.OfBaseline([Read(At("192.0.2.1", [Leaf]), At("192.0.2.3", [Other]))], baseline).Good);
    }

    [Theory]
    [InlineData("the first three rounds double", 1, false, 2.0)]
    [InlineData("and on", 2, false, 4.0)]
    [InlineData("up to a minute", 9, false, 60.0)]
    [InlineData("a good round is followed soon", 5, true, 1.0)]
    public void Rounds_follow_each_other(string why, int rounds, bool good, double seconds)
    {
        var now = DateTimeOffset.UnixEpoch;
        var verification = new Verification(now, now.AddMinutes(30), rounds, 0, []);

        Assert.Equal(now.AddSeconds(seconds), VerifyMove.NextRound(verification, good, now));
        Assert.NotEmpty(why);
    }

    [Fact]
    public void The_last_round_falls_on_the_end_of_the_window_and_none_after_it()
    {
        var start = DateTimeOffset.UnixEpoch;
        var verification = new Verification(start, start.AddSeconds(6), 2, 0, []);

        Assert.Equal(start.AddSeconds(6), VerifyMove.NextRound(verification, good: false, start.AddSeconds(3)));
        Assert.Null(VerifyMove.NextRound(verification, good: false, start.AddSeconds(6)));
        Assert.Equal(start.AddSeconds(7), VerifyMove.NextRound(verification, good: true, start.AddSeconds(6)));
    }

    private static VerificationRound After(Sighting[] baseline, params AddressReading[] addresses) =>
        VerificationRound.OfVersion([Read(addresses)], Fingerprint.Of(Leaf), [Intermediate], baseline);

    private static EndpointReading Read(params AddressReading[] addresses) => new(Shop, addresses);

    private static AddressReading At(string address, params byte[][][] samples) => new(
        IPAddress.Parse(address),
        [.. samples.Select(sent => new ProbeResult(IPAddress.Parse(address), TimeSpan.Zero) { Leaf = Fingerprint.Of(sent[0]), ChainAsSent = [.. sent.Select(der => (ReadOnlyMemory<byte>)der)] })]);

    private static AddressReading Silent(string address) =>
        new(IPAddress.Parse(address), [new ProbeResult(IPAddress.Parse(address), TimeSpan.Zero) { Failure = FindingCodes.ProbeTimeout.At(address) }]);

    private static Sighting Before(string address, byte[]? leaf) =>
        new(Shop.ToString(), address, leaf is null ? null : Fingerprint.Of(leaf), leaf is null ? "probe.timeout" : null, null);
}
