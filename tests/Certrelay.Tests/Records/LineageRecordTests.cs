using Certrelay.Records;

namespace Certrelay.Tests.Records;

public sealed class LineageRecordTests
{
    [Fact]
    public void A_record_from_before_there_was_a_policy_breaks_none()
    {
        var before = """{"schema":1,"name":"shop","tags":{},"current":1,"last":1,"created":"2026-01-05T08:00:00+00:00","updated":"2026-01-05T08:00:00+00:00","deleting":false}"""u8.ToArray();

        Assert.Empty(new StoredRecord(LineageRecord.Key("shop"), before, "1").As<LineageRecord>().Value.Policy);
    }
}
