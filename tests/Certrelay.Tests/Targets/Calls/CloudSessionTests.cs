using System.Diagnostics;
using System.Text;
using Certrelay.Certificates;
using Certrelay.Simulators;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Calls;

/// <summary>What every call of a vendor goes through.</summary>
public sealed class CloudSessionTests
{
    private const string Hidden = "-----BEGIN PRIVATE KEY-----MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg";
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Sends_what_was_signed_and_gives_the_answer()
    {
        SimulatorRequest? seen = null;
        await using var vendor = await LoopbackVendor.StartAsync(request =>
        {
            seen = request;
            return Answer(200, "fine");
        });
        await using var bench = await LoopbackVendor.BenchAsync(vendor);
        using var session = await bench.SessionAsync(LoopbackVendor.Kind);

        using var call = LoopbackVendor.Call(session, LoopbackVendor.Write, "ä b*");
        using var answer = await session.SendAsync(call, None);

        Assert.Equal("fine", Encoding.UTF8.GetString(answer.Body.Span));
        Assert.Equal(("POST", "/things?key=%C3%A4%20b%2A"), (seen!.Method, seen.Target));
        Assert.Equal("text/plain; charset=utf-8", seen.Header("Content-Type"));
        Assert.Equal("Made-up AKIDEXAMPLEEXAMPLE00", seen.Header("Authorization"));
        Assert.Equal("ä b*", Encoding.UTF8.GetString(seen.Body));
        Assert.Null(seen.Header("traceparent"));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(500)]
    [InlineData(0)]
    public async Task Neither_log_nor_trace_nor_failure_shows_what_a_call_carries(int status)
    {
        var activities = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => activities.AddRange(activity.TagObjects.Select(static tag => $"{tag.Key}={tag.Value}")),
        };
        ActivitySource.AddActivityListener(listener);
        // A vendor that repeats in its error what it was sent; status 0 hangs up in the middle.
        await using var vendor = await LoopbackVendor.StartAsync(request => status == 0 ? throw new InvalidOperationException() : Answer(status, "Value '" + Hidden + "' at 'privateKey' is bad"));
        await using var bench = await LoopbackVendor.BenchAsync(vendor);
        using var session = await bench.SessionAsync(LoopbackVendor.Kind);
        using var call = LoopbackVendor.Call(session, LoopbackVendor.Write, Hidden);

        var failure = await Record.ExceptionAsync(async () => (await session.SendAsync(call, None)).Dispose());

        Assert.Equal(status != 200, failure is Failure);
        string[] shown = [.. bench.Log, .. activities, $"{failure}", $"{call} {call.Request} {session} {call.Request.Content}"];
        Assert.All(shown, text => Assert.DoesNotContain("MIGHAgEAMBMG", text, StringComparison.Ordinal));
        Assert.All(shown, text => Assert.DoesNotContain("not-a-real-secret", text, StringComparison.Ordinal));
        Assert.All(shown, text => Assert.DoesNotContain("/things", text, StringComparison.Ordinal));
        Assert.Contains(bench.Log, line => line.Contains("store.Write", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_action_that_the_kind_does_not_list_is_not_sent()
    {
        await using var vendor = await LoopbackVendor.StartAsync(_ => Answer(200, ""));
        await using var bench = await LoopbackVendor.BenchAsync(vendor);
        using var session = await bench.SessionAsync(LoopbackVendor.Kind with { Actions = [LoopbackVendor.Read] });
        using var call = LoopbackVendor.Call(session, LoopbackVendor.Write);

        await Assert.ThrowsAsync<InvalidOperationException>(() => session.SendAsync(call, None));

        Assert.Empty(vendor.Calls);
    }

    [Fact]
    public async Task A_plan_reads_and_records_what_it_would_write()
    {
        await using var vendor = await LoopbackVendor.StartAsync(_ => Answer(200, "read"));
        await using var bench = await LoopbackVendor.BenchAsync(vendor);
        var plan = new CloudPlan();
        using var session = await bench.SessionAsync(LoopbackVendor.Kind, plan);
        using var read = LoopbackVendor.Call(session, LoopbackVendor.Read);
        using var write = LoopbackVendor.Call(session, LoopbackVendor.Write);

        using var answer = await session.SendAsync(read, None);
        using var placeholder = await session.SendAsync(write, None);

        Assert.Equal("planned-1", Encoding.UTF8.GetString(placeholder.Body.Span));
        Assert.Single(vendor.Calls);
        Assert.Equal([new PlannedCall("store.Write", "one", "Writes one.", "before", Metered: true)], plan.Calls);
    }

    [Fact]
    public async Task Refused_credentials_are_not_sent_again_until_the_account_has_others()
    {
        await using var vendor = await LoopbackVendor.StartAsync(_ => Answer(401, ""));
        await using var bench = await LoopbackVendor.BenchAsync(vendor);
        for (var i = 0; i < 5; i++)
        {
            using var session = await bench.SessionAsync(LoopbackVendor.Kind);
            using var call = LoopbackVendor.Call(session, LoopbackVendor.Read);
            Assert.Equal(FindingCodes.CloudCredentials.Code, (await Assert.ThrowsAsync<Permanent>(() => session.SendAsync(call, None))).Code);
        }

        Assert.Single(vendor.Calls);
        await bench.RotateAsync("another-secret-not-real-0123");
        using var fresh = await bench.SessionAsync(LoopbackVendor.Kind);
        using var again = LoopbackVendor.Call(fresh, LoopbackVendor.Read);
        await Assert.ThrowsAsync<Permanent>(() => fresh.SendAsync(again, None));
        Assert.Equal(2, vendor.Calls.Count);
    }

    [Fact]
    public async Task A_vendor_that_does_not_answer_is_left_alone_and_then_asked_by_one_call()
    {
        var (time, healthy) = (new ManualTime(), false);
        await using var vendor = await LoopbackVendor.StartAsync(_ => Answer(healthy ? 200 : 503, ""));
        await using var bench = await LoopbackVendor.BenchAsync(vendor, time, Often);

        for (var i = 0; i < 8; i++)
            Assert.Equal(FindingCodes.CloudUnavailable.Code, (await Assert.ThrowsAsync<Transient>(() => ReadAsync(bench))).Code);

        Assert.Equal(AccountGate.FailuresToOpen, vendor.Calls.Count);
        var closed = await Assert.ThrowsAsync<Transient>(() => ReadAsync(bench));
        Assert.Equal(TimeSpan.FromSeconds(15), closed.RetryAfter);
        time.Advance(TimeSpan.FromSeconds(16));
        await Assert.ThrowsAsync<Transient>(() => ReadAsync(bench));
        Assert.Equal(AccountGate.FailuresToOpen + 1, vendor.Calls.Count);
        Assert.Equal(TimeSpan.FromSeconds(30), (await Assert.ThrowsAsync<Transient>(() => ReadAsync(bench))).RetryAfter);
        time.Advance(TimeSpan.FromSeconds(31));
        healthy = true;
        for (var i = 0; i < 3; i++)
        {
            await ReadAsync(bench);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(AccountGate.FailuresToOpen + 4, vendor.Calls.Count);
    }

    [Fact]
    public async Task A_vendors_delay_holds_for_everybody_who_calls_the_action()
    {
        var (time, throttled) = (new ManualTime(), true);
        await using var vendor = await LoopbackVendor.StartAsync(_ => throttled
            ? Answer(429, "") with { Headers = new Dictionary<string, string> { ["Retry-After"] = "40" } }
            : Answer(200, ""));
        await using var bench = await LoopbackVendor.BenchAsync(vendor, time, Often);

        var first = await Assert.ThrowsAsync<Transient>(() => ReadAsync(bench));
        throttled = false;
        var second = await Assert.ThrowsAsync<Transient>(() => ReadAsync(bench));

        Assert.Equal((TimeSpan.FromSeconds(40), false), (first.RetryAfter, first.Waits));
        Assert.True(second.Waits);
        Assert.InRange(second.RetryAfter!.Value, TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(42));
        Assert.Single(vendor.Calls);
        time.Advance(second.RetryAfter!.Value);
        await ReadAsync(bench);
    }

    [Fact]
    public async Task A_spent_budget_is_a_wait_that_costs_no_attempt()
    {
        var time = new ManualTime();
        await using var vendor = await LoopbackVendor.StartAsync(_ => Answer(200, ""));
        await using var bench = await LoopbackVendor.BenchAsync(vendor, time, static options => options with { Limits = new Dictionary<string, string> { ["aws.store.Read"] = "8/120" } });

        for (var i = 0; i < 2; i++)
            await ReadAsync(bench);
        var spent = await Assert.ThrowsAsync<Transient>(() => ReadAsync(bench));

        Assert.True(spent.Waits);
        // 20 s until the next steady call, and as long again until a burst of two: what has to be read again then fits.
        Assert.Equal(TimeSpan.FromSeconds(40), spent.RetryAfter);
        Assert.Equal(2, vendor.Calls.Count);
    }

    [Fact]
    public async Task A_call_without_an_answer_ends_in_time()
    {
        await using var vendor = await LoopbackVendor.StartAsync(async (_, token) =>
        {
            await Task.Delay(TimeSpan.FromMinutes(10), TimeProvider.System, token);
            return Answer(200, "");
        });
        await using var bench = await LoopbackVendor.BenchAsync(vendor, options: static options => options with { CallTimeoutSeconds = 1 });

        Assert.Equal(FindingCodes.CloudUnavailable.Code, (await Assert.ThrowsAsync<Transient>(() => ReadAsync(bench))).Code);
    }

    [Fact]
    public async Task An_account_of_another_vendor_is_refused()
    {
        await using var vendor = await LoopbackVendor.StartAsync(_ => Answer(200, ""));
        await using var bench = await LoopbackVendor.BenchAsync(vendor);

        var refused = await Assert.ThrowsAsync<Permanent>(() => bench.SessionAsync(LoopbackVendor.Kind with { Vendor = Certrelay.Records.CloudVendor.Huawei }));

        Assert.Equal(FindingCodes.TargetAccount.Code, refused.Code);
    }

    // A clock that stands still would keep the third call of a burst waiting for ever.
    private static CloudOptions Often(CloudOptions options) => options with { Limits = new Dictionary<string, string> { ["aws.store"] = "1000/1" } };

    private static async Task ReadAsync(CloudBench bench)
    {
        using var session = await bench.SessionAsync(LoopbackVendor.Kind);
        using var call = LoopbackVendor.Call(session, LoopbackVendor.Read);
        using var answer = await session.SendAsync(call, None);
    }

    private static SimulatorAnswer Answer(int status, string body) => SimulatorAnswer.Of(status, "text/plain", body);
}
