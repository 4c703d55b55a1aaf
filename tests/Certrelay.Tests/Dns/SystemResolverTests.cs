using System.Net;
using System.Net.Sockets;
using Certrelay.Dns;

namespace Certrelay.Tests.Dns;

public sealed class SystemResolverTests
{
    [Fact]
    public async Task Answers_each_address_once()
    {
        var first = IPAddress.Parse("192.0.2.1");
        var second = IPAddress.Parse("2001:db8::1");

        Assert.Equal([first, second], await Resolver(() => [first, second, first]).AddressesAsync("shop.example.com", CancellationToken.None));
    }

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("2001:db8::7")]
    [InlineData("0.0.0.0")]
    public async Task Literal_is_its_own_answer(string literal)
    {
        var resolver = new SystemResolver(TimeProvider.System, (_, _) => throw new InvalidOperationException("must not be asked"));

        Assert.Equal([IPAddress.Parse(literal)], await resolver.AddressesAsync(literal, CancellationToken.None));
    }

    [Theory]
    [InlineData("no such name", SocketError.HostNotFound)]
    [InlineData("a name of another kind", SocketError.NoData)]
    public async Task Name_without_an_address_is_permanent(string description, SocketError error)
    {
        Assert.NotEmpty(description);
        var failure = await Assert.ThrowsAsync<Permanent>(() => AskAsync(Resolver(() => throw new SocketException((int)error))));

        Assert.Equal("dns.no-address", failure.Code);
    }

    [Theory]
    [InlineData("try again", SocketError.TryAgain)]
    [InlineData("no recovery", SocketError.NoRecovery)]
    [InlineData("no network", SocketError.NetworkUnreachable)]
    public async Task Failing_server_is_transient(string description, SocketError error)
    {
        Assert.NotEmpty(description);
        var failure = await Assert.ThrowsAsync<Transient>(() => AskAsync(Resolver(() => throw new SocketException((int)error))));

        Assert.Equal("dns.failure", failure.Code);
    }

    [Theory]
    [InlineData("empty", "")]
    [InlineData("blank", " ")]
    public async Task Empty_name_does_not_mean_this_host(string description, string host)
    {
        Assert.NotEmpty(description);
        var failure = await Assert.ThrowsAsync<Permanent>(() => new SystemResolver(TimeProvider.System).AddressesAsync(host, CancellationToken.None));

        Assert.Equal("dns.no-address", failure.Code);
    }

    [Fact]
    public async Task Name_too_long_for_DNS_has_no_address()
    {
        var resolver = new SystemResolver(TimeProvider.System);

        var failure = await Assert.ThrowsAsync<Permanent>(() => resolver.AddressesAsync(new string('a', 300), CancellationToken.None));

        Assert.Equal("dns.no-address", failure.Code);
    }

    [Fact]
    public async Task No_answer_at_all_has_no_address() =>
        Assert.Equal("dns.no-address", (await Assert.ThrowsAsync<Permanent>(() => AskAsync(Resolver(() => [])))).Code);

    [Fact]
    public async Task Lookup_that_hangs_is_given_up()
    {
        var never = new TaskCompletionSource<IPAddress[]>();
        var resolver = new SystemResolver(new HurriedTime(), (_, _) => never.Task);

        Assert.Equal("dns.timeout", (await Assert.ThrowsAsync<Transient>(() => AskAsync(resolver))).Code);
    }

    [Fact]
    public async Task Cancellation_is_thrown_as_such()
    {
        using var cancel = new CancellationTokenSource();
        var resolver = new SystemResolver(TimeProvider.System, (_, _) => new TaskCompletionSource<IPAddress[]>().Task);

        var asked = resolver.AddressesAsync("shop.example.com", cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    private static SystemResolver Resolver(Func<IPAddress[]> answer) => new(TimeProvider.System, (_, _) => Task.FromResult(answer()));

    private static Task<IReadOnlyList<IPAddress>> AskAsync(SystemResolver resolver) => resolver.AddressesAsync("shop.example.com", CancellationToken.None);

    /// <summary>Every timer is due at once.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
