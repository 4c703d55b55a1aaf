using System.Security.Cryptography;
using Certrelay.Outgoing.Probing;

namespace Certrelay.Tests.Outgoing;

public sealed class ServerFlightTests
{
    // ServerHello of TLS 1.2: version, random, no session id, suite, no compression, no extensions.
    private static readonly byte[] Hello = [2, 0, 0, 38, 3, 3, .. new byte[32], 0, 0xC0, 0x2F, 0];
    private static readonly byte[] Done = [14, 0, 0, 0];

    [Fact]
    public async Task Messages_split_over_records_are_joined()
    {
        byte[] certificate = [11, 0, 0, 9, 0, 0, 6, 0, 0, 3, 1, 2, 3];
        byte[] messages = [.. Hello, .. certificate, 13, 0, 0, 0, .. Done];
        byte[] bytes = [.. Record(22, messages[..10]), .. Record(22, messages[10..50]), .. Record(22, messages[50..])];

        var flight = await ReadAsync(bytes);

        Assert.Equal((TlsVersion.Tls12, (ushort)0xC02F, true), (flight.Version, flight.CipherSuite, flight.WantsCertificate));
        Assert.Equal([1, 2, 3], Assert.Single(flight.Certificates).ToArray());
    }

    [Theory]
    [InlineData("an alert", new byte[] { 21, 3, 3, 0, 2, 2, 40 }, "handshake_failure", false)]
    [InlineData("an alert of no name", new byte[] { 21, 3, 3, 0, 2, 2, 200 }, "alert 200", false)]
    [InlineData("HTTP", new byte[] { 72, 84, 84, 80, 47, 49 }, null, true)]
    [InlineData("nothing", new byte[0], null, false)]
    [InlineData("half a header", new byte[] { 22, 3 }, null, false)]
    [InlineData("a record cut short", new byte[] { 22, 3, 3, 0, 9, 2 }, null, false)]
    [InlineData("an empty record", new byte[] { 22, 3, 3, 0, 0 }, null, true)]
    public async Task Answers_without_a_hello_are_told_apart(string description, byte[] bytes, string? alert, bool foreign)
    {
        Assert.NotEmpty(description);

        var flight = await ReadAsync(bytes);

        Assert.Equal((null, alert, foreign), (flight.Version, flight.Refusal?.ToString(), flight.IsForeign));
    }

    [Fact]
    public async Task Warning_about_the_name_is_passed_over()
    {
        var flight = await ReadAsync([21, 3, 3, 0, 2, 1, 112, .. Record(22, [.. Hello, .. Done])]);

        Assert.Equal((TlsVersion.Tls12, null), (flight.Version, flight.Refusal));
    }

    [Fact]
    public async Task No_answer_however_broken_throws()
    {
        for (var turn = 0; turn < 2000; turn++)
        {
            byte[] messages = [.. Hello, 11, 0, 0, 9, 0, 0, 6, 0, 0, 3, 1, 2, 3, .. Done];
            foreach (var _ in Enumerable.Range(0, 1 + turn % 4))
                messages[RandomNumberGenerator.GetInt32(messages.Length)] = (byte)RandomNumberGenerator.GetInt32(256);
            var cut = RandomNumberGenerator.GetInt32(1, messages.Length + 1);

            await ReadAsync(Record(22, messages[..cut]));
        }
    }

    private static byte[] Record(byte type, byte[] content) => [type, 3, 3, (byte)(content.Length >> 8), (byte)content.Length, .. content];

    private static async Task<ServerFlight> ReadAsync(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return await ServerFlight.ReadAsync(stream, CancellationToken.None);
    }
}
