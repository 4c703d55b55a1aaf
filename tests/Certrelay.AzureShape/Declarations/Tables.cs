// Azure.Data.Tables 12.11.0: just the members that functions/App uses. Numbers are lines of azure-sdk.md; "source" is the package's public API listing
// where that file is silent.
#pragma warning disable CA1716, CA1801, CA1822, CA1064, CA1032, MA0048
using System.Diagnostics.CodeAnalysis;
using Azure.Core;

namespace Azure.Data.Tables;

/// <summary>Line 53.</summary>
public class TableClientOptions : ClientOptions
{
    public enum ServiceVersion
    {
        V2019_02_02 = 1,
        V2020_12_06 = 2,
    }

    public TableClientOptions(ServiceVersion serviceVersion = ServiceVersion.V2020_12_06) => _ = serviceVersion;
}

/// <summary>Lines 53 and 58 to 66; the arguments' names and defaults: source.</summary>
public class TableClient
{
    public TableClient(string connectionString, string tableName, TableClientOptions? options = null) => throw new NotSupportedException();

    public TableClient(Uri endpoint, string tableName, TokenCredential tokenCredential, TableClientOptions? options = null) => throw new NotSupportedException();

    public static string CreateQueryFilter(FormattableString filter) => throw new NotSupportedException();

    public virtual Task<Response<Models.TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public virtual Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity => throw new NotSupportedException();

    public virtual AsyncPageable<T> QueryAsync<T>(
        string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity => throw new NotSupportedException();

    public virtual Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}

/// <summary>Source.</summary>
public interface ITableEntity
{
    string PartitionKey { get; set; }

    string RowKey { get; set; }

    ETag ETag { get; set; }
}

/// <summary>Line 68; the constructor and the indexer: source.</summary>
public sealed class TableEntity(string partitionKey, string rowKey) : ITableEntity
{
    public string PartitionKey { get; set; } = partitionKey;

    public string RowKey { get; set; } = rowKey;

    public ETag ETag { get; set; }

    [SuppressMessage("Design", "CA1043", Justification = "As in the package.")]
    public object this[string key]
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public bool TryGetValue(string key, out object value) => throw new NotSupportedException();
}

/// <summary>Source.</summary>
public enum TableTransactionActionType
{
    Add = 0,
    UpdateMerge = 1,
    UpdateReplace = 2,
    Delete = 3,
    UpsertMerge = 4,
    UpsertReplace = 5,
}

/// <summary>Source.</summary>
public class TableTransactionAction
{
    public TableTransactionAction(TableTransactionActionType actionType, ITableEntity entity) => throw new NotSupportedException();

    public TableTransactionAction(TableTransactionActionType actionType, ITableEntity entity, ETag etag = default) => throw new NotSupportedException();
}

/// <summary>Line 65.</summary>
public class TableTransactionFailedException(RequestFailedException requestFailedException) : RequestFailedException(requestFailedException.Message)
{
    public int? FailedTransactionActionIndex => throw new NotSupportedException();
}
