using System.Globalization;
using Certrelay.Records;

namespace Certrelay.Tests.Records;

public sealed class KeyTextTests
{
    [Theory]
    [InlineData("the first moment", "0001-01-01T00:00:00Z")]
    [InlineData("the last moment", "9999-12-31T23:59:59.9999999Z")]
    [InlineData("less than a millisecond", "2026-03-04T05:06:07.0009999Z")]
    [InlineData("a leap day", "2028-02-29T09:08:07.123Z")]
    [InlineData("another offset", "2026-01-01T00:30:00+02:00")]
    public void A_time_is_written_as_the_framework_writes_it(string about, string text)
    {
        var moment = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

        var key = KeyText.Time(moment);

        Assert.True(key == moment.UtcDateTime.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture), $"{about}: {key}");
        Assert.Equal(KeyText.Truncate(moment), KeyText.ParseTime(key));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("shop.example-1", "shop.example-1")]
    [InlineData("team a", "team~20a")]
    [InlineData("~", "~7E")]
    [InlineData("Grüße", "Gr~C3~BC~C3~9Fe")]
    public void Other_characters_are_escaped_by_their_bytes(string text, string key) => Assert.Equal(key, KeyText.Escape(text));
}
