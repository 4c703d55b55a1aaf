using System.Collections.Concurrent;
using Certrelay.App.Embedded.Host;
using Certrelay.Tests.Support;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.Tests.Host;

public sealed class QueueFunctionTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryFolder _folder = new();
    private readonly Journal _journal = new();

    [Fact]
    public async Task A_message_runs_once_and_is_deleted()
    {
        await using var host = new HostedFunctions<Functions, Journal>(_folder.Path, _journal, TimeProvider.System);
        await host.StartAsync();

        await Send(host, "good", "hello");

        await Eventually.HoldsAsync(() => _journal.Seen("good").Count == 1, "the function ran");
        await Eventually.HoldsAsync(() => host.Queue.CountAsync("good", None).Result == 0, "the message was deleted");
        Assert.Equal("hello", Assert.Single(_journal.Seen("good")));
    }

    [Fact]
    public async Task A_failing_message_is_tried_five_times_and_then_handed_to_the_poison_function()
    {
        await using var host = new HostedFunctions<Functions, Journal>(_folder.Path, _journal, TimeProvider.System);
        await host.StartAsync();

        await Send(host, "bad", "hello");

        await Eventually.HoldsAsync(() => _journal.Seen("bad-poison").Count == 1, "the poison function ran");
        Assert.Equal(5, _journal.Seen("bad").Count);
        Assert.Equal("hello", Assert.Single(_journal.Seen("bad-poison")));
    }

    [Fact]
    public async Task A_failed_message_waits_for_the_visibility_timeout()
    {
        var settings = new QueueSettings { MaxPollingInterval = TimeSpan.FromMilliseconds(50), VisibilityTimeout = TimeSpan.FromHours(1) };
        await using var host = new HostedFunctions<Functions, Journal>(_folder.Path, _journal, TimeProvider.System, settings);
        await host.StartAsync();

        await Send(host, "bad", "hello");

        await Eventually.HoldsAsync(() => _journal.Seen("bad").Count == 1, "the function ran");
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, None);
        Assert.Single(_journal.Seen("bad"));
        Assert.Equal(1, await host.Queue.CountAsync("bad", None));
    }

    [Fact]
    public async Task A_running_message_stays_hidden_from_another_process()
    {
        var settings = new QueueSettings { MaxPollingInterval = TimeSpan.FromMilliseconds(20), Hidden = TimeSpan.FromMilliseconds(900) };
        await using var one = new HostedFunctions<Functions, Journal>(_folder.Path, _journal, TimeProvider.System, settings);
        await using var two = new HostedFunctions<Functions, Journal>(_folder.Path, _journal, TimeProvider.System, settings);
        await one.StartAsync();
        await two.StartAsync();

        await Send(one, "slow", "hello");

        await Eventually.HoldsAsync(() => _journal.Seen("slow-ended").Count == 1, "the function ended");
        Assert.Single(_journal.Seen("slow"));
    }

    [Fact]
    public async Task A_stop_lets_the_running_function_end_and_takes_nothing_new()
    {
        await using var host = new HostedFunctions<Functions, Journal>(_folder.Path, _journal, TimeProvider.System);
        await host.StartAsync();
        await Send(host, "slow", "first");
        await Eventually.HoldsAsync(() => _journal.Seen("slow").Count == 1, "the function runs");

        var stop = host.StopAsync(TimeSpan.FromSeconds(30));
        await Send(host, "slow", "second");
        await stop;

        Assert.Equal("first", Assert.Single(_journal.Seen("slow-ended")));
        Assert.Equal(1, await host.Queue.CountAsync("slow", None));
    }

    [Fact]
    public async Task A_function_that_outlasts_the_grace_is_cancelled_and_its_message_comes_back()
    {
        var host = new HostedFunctions<Functions, Journal>(_folder.Path, _journal, TimeProvider.System);
        await using (host)
        {
            await host.StartAsync();
            await Send(host, "endless", "hello");
            await Eventually.HoldsAsync(() => _journal.Seen("endless").Count == 1, "the function runs");

            await host.StopAsync(TimeSpan.FromMilliseconds(200));

            Assert.Equal(1, await host.Queue.CountAsync("endless", None));
        }
    }

    [Fact]
    public async Task Two_processes_share_a_thousand_messages_and_run_each_once()
    {
        await using var one = new HostedFunctions<Functions, Journal>(_folder.Path, _journal, TimeProvider.System);
        await using var two = new HostedFunctions<Functions, Journal>(_folder.Path, _journal, TimeProvider.System);
        await one.StartAsync();
        await two.StartAsync();

        await Parallel.ForAsync(0, 1000, async (i, _) => await Send(i % 2 == 0 ? one : two, "good", $"{i}"));

        await Eventually.HoldsAsync(() => one.Queue.CountAsync("good", None).Result == 0, "the queue is empty");
        Assert.Equal(1000, _journal.Seen("good").Count);
        Assert.Equal(1000, _journal.Seen("good").Distinct().Count());
    }

    [Fact]
    public void Host_json_settings_are_read_as_the_Functions_host_reads_them()
    {
        File.WriteAllText(_folder["host.json"], """
            { "version": "2.0", "extensions": { "queues": { "batchSize": 4, "maxDequeueCount": 3, "visibilityTimeout": "00:00:07", "maxPollingInterval": "00:00:02", "messageEncoding": "base64" } } }
            """);

        var settings = QueueSettings.Read(_folder["host.json"]);

        Assert.Equal((4, 3, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(2)), (settings.BatchSize, settings.MaxDequeueCount, settings.VisibilityTimeout, settings.MaxPollingInterval));
        Assert.Equal(new QueueSettings(), QueueSettings.Read(_folder["absent.json"]));
    }

    public void Dispose() => _folder.Dispose();

    private static Task Send(HostedFunctions<Functions, Journal> host, string queue, string text) =>
        host.Queue.SendAsync(queue, System.Text.Encoding.UTF8.GetBytes(text), TimeSpan.Zero, None);

    public sealed class Journal
    {
        private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _seen = new();

        public void Add(string what, string message) => _seen.GetOrAdd(what, _ => new()).Enqueue(message);

        public ConcurrentQueue<string> Seen(string what) => _seen.GetOrAdd(what, _ => new());
    }

    public sealed class Functions(Journal journal)
    {
        [Function("good")]
        public void Good([QueueTrigger("good")] string message) => journal.Add("good", message);

        [Function("bad")]
        public Task Bad([QueueTrigger("bad")] string message)
        {
            journal.Add("bad", message);
            return Task.FromException(new InvalidOperationException("bad"));
        }

        [Function("bad-poison")]
        public void BadPoison([QueueTrigger("bad-poison")] string message) => journal.Add("bad-poison", message);

        [Function("slow")]
        public async Task Slow([QueueTrigger("slow")] string message, CancellationToken cancellationToken)
        {
            journal.Add("slow", message);
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
            journal.Add("slow-ended", message);
        }

        [Function("endless")]
        public async Task Endless([QueueTrigger("endless")] string message, CancellationToken cancellationToken)
        {
            journal.Add("endless", message);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
    }
}
