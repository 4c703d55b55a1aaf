using System.Text;
using Certrelay.Records;

namespace Certrelay.Tests.Records;

/// <summary>What every work queue must do; one class for each queue runs it.</summary>
public abstract class WorkQueueContract
{
    private static readonly CancellationToken None = CancellationToken.None;

    protected abstract IWorkQueue Queue { get; }

    /// <summary>Takes what is visible now and hides it for a minute.</summary>
    protected abstract Task<IReadOnlyList<byte[]>> ReceiveAsync(string queue, int most);

    /// <summary>Lets time pass.</summary>
    protected abstract Task PassAsync(TimeSpan time);

    [Fact]
    public async Task A_message_arrives_as_it_was_sent_and_is_hidden_then()
    {
        var body = Encoding.UTF8.GetBytes("""{"v":1,"step":"ä"}""");
        await Queue.SendAsync("deploy", body, TimeSpan.Zero, None);

        Assert.Equal(body, Assert.Single(await ReceiveAsync("deploy", 16)));
        Assert.Empty(await ReceiveAsync("deploy", 16));
    }

    [Fact]
    public async Task A_message_that_is_not_deleted_comes_back()
    {
        await Queue.SendAsync("deploy", "x"u8.ToArray(), TimeSpan.Zero, None);
        await ReceiveAsync("deploy", 16);

        await PassAsync(TimeSpan.FromMinutes(1.1));

        Assert.Single(await ReceiveAsync("deploy", 16));
    }

    [Fact]
    public async Task A_delayed_message_waits()
    {
        await Queue.SendAsync("verify", "x"u8.ToArray(), TimeSpan.FromSeconds(3), None);

        Assert.Empty(await ReceiveAsync("verify", 16));
        await PassAsync(TimeSpan.FromSeconds(3.5));
        Assert.Single(await ReceiveAsync("verify", 16));
    }

    [Fact]
    public async Task Queues_are_apart_and_count_what_they_hold()
    {
        await Queue.SendAsync("deploy", "x"u8.ToArray(), TimeSpan.Zero, None);
        await Queue.SendAsync("deploy", "y"u8.ToArray(), TimeSpan.FromHours(1), None);

        Assert.Empty(await ReceiveAsync("verify", 16));
        Assert.Equal(2, await Queue.CountAsync("deploy", None));
        Assert.Equal(0, await Queue.CountAsync("verify", None));
    }

    [Fact]
    public async Task A_batch_is_no_larger_than_asked_for()
    {
        foreach (var i in Enumerable.Range(0, 20))
            await Queue.SendAsync("deploy", new[] { (byte)i }, TimeSpan.Zero, None);

        var first = await ReceiveAsync("deploy", 16);
        var second = await ReceiveAsync("deploy", 16);

        Assert.Equal((16, 4), (first.Count, second.Count));
        Assert.Equal(20, first.Concat(second).Select(b => b[0]).Distinct().Count());
    }

    [Fact]
    public async Task Refuses_what_Azure_Storage_queues_would_not_take()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Queue.SendAsync("deploy", new byte[IWorkQueue.LongestBody + 1], TimeSpan.Zero, None));
        await Assert.ThrowsAsync<ArgumentException>(() => Queue.SendAsync("deploy", new byte[1], TimeSpan.FromDays(8), None));
        await Queue.SendAsync("deploy", new byte[IWorkQueue.LongestBody], TimeSpan.FromDays(7), None);
        Assert.Equal(1, await Queue.CountAsync("deploy", None));
    }
}
