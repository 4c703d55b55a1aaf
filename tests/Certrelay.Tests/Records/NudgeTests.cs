using System.Text;
using System.Text.Json;
using Certrelay.Records;

namespace Certrelay.Tests.Records;

public sealed class NudgeTests
{
    private static readonly DueHint Hint = new(DueKind.Probe, new DateTimeOffset(2026, 1, 5, 8, 0, 0, 123, TimeSpan.Zero), "web-1");

    [Fact]
    public void A_message_names_its_record_and_the_hint_that_it_came_from()
    {
        var message = Encoding.UTF8.GetString(Nudge.Write(Hint));

        Assert.Equal("""{"v":1,"id":"web-1","due":"2026-01-05T08:00:00.123+00:00"}""", message);
        Assert.Equal(Hint, Nudge.Read(message, DueKind.Probe));
        Assert.Equal("web-1", Nudge.Read(Encoding.UTF8.GetString(Nudge.Write("web-1"))));
    }

    [Theory]
    [InlineData("""{"v":2,"id":"web-1"}""")]
    [InlineData("""{"v":1,"id":""}""")]
    [InlineData("""{"v":1}""")]
    [InlineData("{}")]
    [InlineData("nothing")]
    public void What_is_no_message_of_version_1_is_refused(string message) => Assert.Throws<JsonException>(() => Nudge.Read(message));

    [Fact]
    public void A_message_without_a_moment_came_from_no_hint() =>
        Assert.Throws<JsonException>(() => Nudge.Read(Encoding.UTF8.GetString(Nudge.Write("web-1")), DueKind.Probe));

    [Fact]
    public void A_step_has_no_queue_of_its_own() => Assert.Throws<ArgumentOutOfRangeException>(() => QueueNames.Of(new DueHint(DueKind.Step, DateTimeOffset.UnixEpoch, "r-t")));
}
