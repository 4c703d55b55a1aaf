using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Certrelay.Dns;
using Certrelay.Outgoing;

namespace Certrelay.Tests.Dns;

/// <summary>Servers that no real one would be: silent, lying, old. What real ones answer is tested against BIND.</summary>
public sealed class DnsResolverTests
{
    private static readonly OutgoingGuard Loopback = new(new OutgoingOptions { Allow = ["127.0.0.0/8"] });
    private static readonly DnsResolver Resolver = new(Loopback, TimeProvider.System) { Timeout = TimeSpan.FromMilliseconds(300) };

    [Fact]
    public async Task A_server_that_is_silent_is_a_time_out_after_two_rounds()
    {
        using var silent = new UdpServer(static _ => []);

        var fault = await Assert.ThrowsAsync<Transient>(() => AskAsync(silent));

        Assert.Equal("dns.timeout", fault.Code);
        Assert.Equal(2, silent.Queries);
    }

    [Fact]
    public async Task The_next_server_is_asked_when_one_is_silent()
    {
        using var silent = new UdpServer(static _ => []);
        using var good = new UdpServer(static query => [Answer(query)]);

        Assert.Equal(good.Address, (await AskAsync(silent, good)).Server);
    }

    [Fact]
    public async Task Answers_to_other_questions_are_passed_over()
    {
        using var liar = new UdpServer(static query => [Changed(Answer(query), 0), Changed(Answer(query), 13), [1, 2, 3], Answer(query)]);

        Assert.Equal("192.0.2.1", Assert.IsType<DnsRecord.Address>(Assert.Single((await AskAsync(liar)).Records)).Value.ToString());
    }

    [Fact]
    public async Task A_damaged_answer_is_a_failure()
    {
        using var broken = new UdpServer(static query => [Answer(query)[..^1]]);

        var fault = await Assert.ThrowsAsync<Transient>(() => AskAsync(broken));

        Assert.Equal("dns.failure", fault.Code);
        Assert.Contains("damaged", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a format error", 1)]
    [InlineData("not implemented", 4)]
    public async Task A_server_that_knows_no_EDNS_is_asked_without_it(string what, byte code)
    {
        var withEdns = new ConcurrentQueue<bool>();
        using var old = new UdpServer(query =>
        {
            withEdns.Enqueue(query[11] == 1);
            return [query[11] == 1 ? Refusal(query, code) : Answer(query)];
        });

        Assert.True((await AskAsync(old)).Records.Count == 1, what);
        // Either may be asked again where the answer is late.
        Assert.Equal([true, false], withEdns.Distinct());
    }

    [Fact]
    public async Task A_truncated_answer_without_TCP_is_a_failure()
    {
        using var udpOnly = new UdpServer(static query => [Changed(Answer(query), 2, 0x02)]);

        Assert.Equal("dns.failure", (await Assert.ThrowsAsync<Transient>(() => AskAsync(udpOnly))).Code);
    }

    [Fact]
    public async Task Nobody_listening_is_a_failure_at_once()
    {
        IPEndPoint gone;
        using (var closed = new UdpServer(static _ => []))
            gone = closed.Address;

        Assert.Equal("dns.failure", (await Assert.ThrowsAsync<Transient>(() => Resolver.QueryAsync(Question() with { Servers = [gone] }, default))).Code);
    }

    [Fact]
    public async Task Cancellation_is_thrown_as_such()
    {
        using var silent = new UdpServer(static _ => []);
        using var cancel = new CancellationTokenSource();
        var asked = Resolver.QueryAsync(Question() with { Servers = [silent.Address] }, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Resolver.QueryAsync(Question(), cancel.Token));
    }

    [Fact]
    public async Task A_name_that_cannot_be_one_is_not_asked_for() =>
        Assert.Equal("dns.name", (await Assert.ThrowsAsync<Permanent>(() => Resolver.QueryAsync(new DnsQuestion("a..b", DnsType.A), default))).Code);

    [Theory]
    [InlineData("metadata", "169.254.169.254")]
    [InlineData("a private network", "10.0.0.1")]
    [InlineData("loopback", "127.0.0.1")]
    public async Task A_chosen_server_that_may_not_be_asked_gets_no_question(string what, string address)
    {
        var guarded = new DnsResolver(new OutgoingGuard(new OutgoingOptions()), TimeProvider.System);

        var refusal = await Assert.ThrowsAsync<Permanent>(() => guarded.QueryAsync(Question() with { Servers = [new IPEndPoint(IPAddress.Parse(address), 53)] }, default));

        Assert.True(refusal.Code == "probe.forbidden", what);
    }

    private static DnsQuestion Question() => new("www.example.test", DnsType.A);

    private static Task<DnsAnswer> AskAsync(params UdpServer[] servers) => Resolver.QueryAsync(Question() with { Servers = [.. servers.Select(server => server.Address)] }, default);

    /// <summary>192.0.2.1, whatever name was asked for.</summary>
    private static byte[] Answer(byte[] query)
    {
        var question = query[11] == 1 ? query[..^11] : query;
        byte[] answer = [.. question, 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1];
        answer[2] |= 0x84;
        answer[7] = 1;
        answer[11] = 0;
        return answer;
    }

    private static byte[] Refusal(byte[] query, byte code)
    {
        var refusal = query[..12];
        refusal[2] |= 0x80;
        refusal[3] = code;
        refusal[5] = refusal[11] = 0;
        return refusal;
    }

    private static byte[] Changed(byte[] message, int at, byte bits = 1)
    {
        message[at] ^= bits;
        return message;
    }

    /// <summary>A UDP server on loopback that sends what it is told to each query.</summary>
    private sealed class UdpServer : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly Func<byte[], IReadOnlyList<byte[]>> _answers;
        private int _queries;

        public UdpServer(Func<byte[], IReadOnlyList<byte[]>> answers)
        {
            _answers = answers;
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Address = (IPEndPoint)_socket.LocalEndPoint!;
            _ = Task.Run(ServeAsync);
        }

        public IPEndPoint Address { get; }

        public int Queries => Volatile.Read(ref _queries);

        public void Dispose() => _socket.Dispose();

        private async Task ServeAsync()
        {
            var buffer = new byte[4096];
            try
            {
                while (true)
                {
                    var received = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                    Interlocked.Increment(ref _queries);
                    foreach (var answer in _answers(buffer[..received.ReceivedBytes]))
                        await _socket.SendToAsync(answer, received.RemoteEndPoint);
                }
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException)
            {
                // The end of the test.
            }
        }
    }
}
