using Certrelay.Records;

namespace Certrelay.Tests.Watch;

public sealed class ExpiryLevelTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(6, 48, 24, 12, 6)]
    [InlineData(47, 376, 188, 94, 47)]
    [InlineData(90, 720, 360, 180, 90)]
    [InlineData(398, 3184, 1592, 796, 398)]
    public void A_level_begins_at_its_share_of_the_life(int days, int reminder, int warning, int urgent, int critical)
    {
        var end = Start.AddDays(days);

        var hoursLeft = ExpiryLevels.All.Select(level => Math.Round((end - ExpiryLevels.Begins(level, Start, end)).TotalHours));

        Assert.Equal([reminder, warning, urgent, critical, 0], hoursLeft);
    }

    [Fact]
    public void A_young_life_is_in_no_level_and_an_ended_one_in_the_last()
    {
        var end = Start.AddDays(90);

        Assert.Null(ExpiryLevels.At(Start.AddDays(59), Start, end));
        Assert.Equal(ExpiryLevel.Reminder, ExpiryLevels.At(Start.AddDays(61), Start, end));
        Assert.Equal(ExpiryLevel.Critical, ExpiryLevels.At(end.AddSeconds(-1), Start, end));
        Assert.Equal(ExpiryLevel.Expired, ExpiryLevels.At(end, Start, end));
    }
}
