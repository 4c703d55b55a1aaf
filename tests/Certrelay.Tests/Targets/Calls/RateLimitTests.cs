using Certrelay.Targets.Calls;
using FsCheck;
using FsCheck.Fluent;

namespace Certrelay.Tests.Targets.Calls;

/// <summary>A limit holds in every span, wherever it begins.</summary>
public sealed class RateLimitTests
{
    [Fact]
    public void No_span_holds_more_calls_than_the_limit() => Prop.ForAll(
        Gen.Choose(2, 40).SelectMany(calls => Gen.Choose(1, 120).Select(seconds => new RateLimit(calls, TimeSpan.FromSeconds(seconds)))).ToArbitrary(),
        Gen.Choose(0, 4000).ArrayOf(200).ToArbitrary(),
        static (limit, pauses) =>
        {
            var now = DateTimeOffset.UnixEpoch;
            var due = now;
            var calls = new List<DateTimeOffset>();
            foreach (var pause in pauses)
            {
                now += TimeSpan.FromMilliseconds(pause);
                while (limit.Wait(due, now, out var next) is var wait)
                {
                    if (wait == TimeSpan.Zero)
                    {
                        calls.Add(now);
                        due = next;
                        break;
                    }

                    now += wait;
                }
            }

            return calls.Index().All(first => calls.Skip(first.Index).TakeWhile(call => call - first.Item <= limit.Per).Count() <= limit.Calls);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_steady_caller_gets_three_quarters_of_the_limit_and_a_quiet_one_a_burst()
    {
        var limit = new RateLimit(20, TimeSpan.FromMinutes(1));
        var (now, due, calls) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, 0);
        while (now < DateTimeOffset.UnixEpoch + TimeSpan.FromMinutes(10))
        {
            var wait = limit.Wait(due, now, out var next);
            now += wait;
            if (wait == TimeSpan.Zero)
                (due, calls) = (next, calls + 1);
        }

        Assert.InRange(calls, 150, 160);
        var burst = 0;
        now += TimeSpan.FromHours(1);
        while (limit.Wait(due, now, out var next) == TimeSpan.Zero)
            (due, burst) = (next, burst + 1);
        Assert.Equal(5, burst);
    }

    [Theory]
    [InlineData("20/60", true)]
    [InlineData("0/60", false)]
    [InlineData("20", false)]
    [InlineData("20/0", false)]
    [InlineData("-1/1", false)]
    [InlineData("20/60/1", false)]
    [InlineData("a/b", false)]
    public void Reads_calls_and_seconds(string text, bool good)
    {
        Assert.Equal(good, RateLimit.TryParse(text, out var limit));
        if (good)
            Assert.Equal(text, limit.ToString());
    }
}
