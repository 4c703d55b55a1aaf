using System.Globalization;
using Certrelay.Records;

namespace Certrelay.Tests.Records;

public sealed class MaintenanceWindowTests
{
    // The clocks of 2027: Berlin goes on at 01:00Z on 28 March and back at 01:00Z on 31 October; New York on at 07:00Z on 14 March, back at 06:00Z on 7 November.
    public static TheoryData<string, string, string, string, string> Nights() => new()
    {
        { "a night of winter", "Sat 02:00-04:00 Europe/Berlin", "2027-01-04T08:00Z", "2027-01-09T01:00Z", "2027-01-09T03:00Z" },
        { "a night of summer", "Sat 02:00-04:00 Europe/Berlin", "2027-07-05T08:00Z", "2027-07-10T00:00Z", "2027-07-10T02:00Z" },
        { "the first half is skipped", "Sun 02:00-04:00 Europe/Berlin", "2027-03-27T08:00Z", "2027-03-28T01:00Z", "2027-03-28T02:00Z" },
        { "its end is skipped", "Sun 01:30-02:30 Europe/Berlin", "2027-03-27T08:00Z", "2027-03-28T00:30Z", "2027-03-28T01:00Z" },
        { "the whole is skipped, a week later it is not", "Sun 02:10-02:50 Europe/Berlin", "2027-03-27T08:00Z", "2027-04-04T00:10Z", "2027-04-04T00:50Z" },
        { "its first hour comes twice: the second", "Sun 02:00-04:00 Europe/Berlin", "2027-10-30T08:00Z", "2027-10-31T01:00Z", "2027-10-31T03:00Z" },
        { "its last hour comes twice: the first", "Sun 01:00-02:30 Europe/Berlin", "2027-10-30T08:00Z", "2027-10-30T23:00Z", "2027-10-31T00:30Z" },
        { "the whole comes twice: the second", "Sun 02:10-02:50 Europe/Berlin", "2027-10-30T08:00Z", "2027-10-31T01:10Z", "2027-10-31T01:50Z" },
        { "from before to after the hour that comes twice", "Sat 22:00-04:00 Europe/Berlin", "2027-10-30T08:00Z", "2027-10-30T20:00Z", "2027-10-31T03:00Z" },
        { "New York goes on", "Sun 01:00-04:00 America/New_York", "2027-03-13T08:00Z", "2027-03-14T06:00Z", "2027-03-14T08:00Z" },
        { "New York goes back", "Sun 01:00-02:00 America/New_York", "2027-11-06T08:00Z", "2027-11-07T06:00Z", "2027-11-07T07:00Z" },
        { "over midnight", "Fri 22:00-02:00 America/New_York", "2027-01-04T08:00Z", "2027-01-09T03:00Z", "2027-01-09T07:00Z" },
        { "over midnight and New Year", "Thu 23:30-00:30 UTC", "2026-12-31T08:00Z", "2026-12-31T23:30Z", "2027-01-01T00:30Z" },
        { "a whole day", "Sun 00:00-24:00 UTC", "2027-01-04T08:00Z", "2027-01-10T00:00Z", "2027-01-11T00:00Z" },
        { "until midnight", "Mon 23:00-00:00 UTC", "2027-01-04T08:00Z", "2027-01-04T23:00Z", "2027-01-05T00:00Z" },
        { "each day", "02:00-04:00 Asia/Shanghai", "2027-01-04T08:00Z", "2027-01-04T18:00Z", "2027-01-04T20:00Z" },
        { "days over the end of the week", "sat-mon,Wed 01:00-02:00 UTC", "2027-01-06T08:00Z", "2027-01-09T01:00Z", "2027-01-09T02:00Z" },
        { "the same day next week", "Mon 01:00-02:00 UTC", "2027-01-04T08:00Z", "2027-01-11T01:00Z", "2027-01-11T02:00Z" },
    };

    [Theory]
    [MemberData(nameof(Nights))]
    public void The_next_moment_lies_in_the_first_half_of_the_next_window(string row, string text, string now, string from, string to)
    {
        Assert.NotEmpty(row);
        var windows = MaintenanceWindow.Read([text]);
        var (begins, ends) = (Moment(from), Moment(to));

        var drawn = Enumerable.Range(0, 200).Select(_ => MaintenanceWindow.Next(windows, Moment(now))).ToList();

        Assert.All(drawn, moment => Assert.InRange(moment, begins, begins + ((ends - begins) / 2)));
        Assert.True(drawn.Distinct().Count() > 100);
        // Within it the moment is now, to its last second and no further.
        Assert.All(new[] { begins, ends.AddSeconds(-1) }, moment => Assert.Equal(moment, MaintenanceWindow.Next(windows, moment)));
        Assert.NotEqual(begins.AddSeconds(-1), MaintenanceWindow.Next(windows, begins.AddSeconds(-1)));
        Assert.True(MaintenanceWindow.Next(windows, ends) > ends);
    }

    [Fact]
    public void Of_several_the_next_counts_and_without_any_it_is_now()
    {
        var now = Moment("2027-01-04T08:00Z");

        Assert.Equal(now, MaintenanceWindow.Next([], now));
        Assert.InRange(MaintenanceWindow.Next(MaintenanceWindow.Read(["Sat 02:00-04:00 UTC", "Tue 01:00-01:02 Asia/Tokyo"]), now), Moment("2027-01-04T16:00Z"), Moment("2027-01-04T16:01Z"));
        Assert.Equal(now, MaintenanceWindow.Next(MaintenanceWindow.Read(["Sat 02:00-04:00 UTC", "Mon 07:00-09:00 UTC"]), now));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("Sat", 1)]
    [InlineData("Sat 02:00 - 04:00 UTC", 1)]
    [InlineData("Caturday 02:00-04:00 UTC", 1)]
    [InlineData("Mon-Wed-Fri 02:00-04:00 UTC", 1)]
    [InlineData("Sat, 02:00-04:00 UTC", 1)]
    [InlineData("Sat 2:00-4:00 UTC", 1)]
    [InlineData("Sat 02:00-02:00 UTC", 1)]
    [InlineData("Sat 24:00-02:00 UTC", 1)]
    [InlineData("Sat 23:00-24:01 UTC", 1)]
    [InlineData("Sat 02:00-04:00 Europe/Atlantis", 1)]
    [InlineData("Sat 02:00-04:00 ../../etc/passwd", 1)]
    [InlineData("Never 26:00-04:00 Nowhere", 3)]
    public void Every_fault_of_a_window_is_told_at_once(string text, int count)
    {
        Assert.False(MaintenanceWindow.TryParse(text, out _, out var faults));
        Assert.Equal(count, faults.Count);
        Assert.Equal("target.windows", Assert.Throws<Permanent>(() => MaintenanceWindow.Read([text])).Code);
    }

    private static DateTimeOffset Moment(string text) =>
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
