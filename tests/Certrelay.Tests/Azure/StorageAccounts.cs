using Azure.Data.Tables;
using Azure.Storage.Queues;
using Certrelay.App.Azure;
using Microsoft.Extensions.Configuration;

namespace Certrelay.Tests.Azure;

/// <summary>The storage account that the tests use: <c>AZURE_STORAGE_CONNECTION_STRING</c>, of Azurite or a real one. Each test has tables and queues of its own there.</summary>
internal static class StorageAccounts
{
    private static readonly StorageAccount Account = new(new ConfigurationBuilder()
        .AddInMemoryCollection([KeyValuePair.Create("AzureWebJobsStorage", Environment.GetEnvironmentVariable("AZURE_STORAGE_CONNECTION_STRING"))]).Build());

    /// <summary>The tables of a product that runs with this account.</summary>
    public static TableClient ProductTables(string name) => Account.Table(name);

    public static Func<string, TableClient> NewTables()
    {
        var prefix = $"t{Guid.NewGuid():N}"[..20];
        return name => Account.Table(prefix + name);
    }

    public static Func<string, QueueClient> NewQueues()
    {
        var prefix = $"q{Guid.NewGuid():N}"[..20];
        return name => Account.Queue($"{prefix}-{name}");
    }
}
