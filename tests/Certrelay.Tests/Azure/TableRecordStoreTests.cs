using Certrelay.App.Azure;
using Certrelay.Records;
using Certrelay.Tests.Records;

namespace Certrelay.Tests.Azure;

public sealed class TableRecordStoreTests : RecordStoreContract
{
    protected override IRecordStore Store { get; } = new TableRecordStore(StorageAccounts.NewTables());

    [Fact]
    public async Task A_batch_may_delete_rows_that_are_gone_beside_others()
    {
        var (gone, kept) = (new RecordKey("T", "p", "gone"), new RecordKey("T", "p", "kept"));

        var etags = await Store.WriteAsync([new RecordChange.Delete(gone, null), new RecordChange.Put(kept, new byte[] { 1 })], CancellationToken.None);

        Assert.Equal((await Store.GetAsync(kept, CancellationToken.None))!.ETag, etags[1]);
    }
}
