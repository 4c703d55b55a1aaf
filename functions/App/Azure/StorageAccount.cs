using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace Certrelay.App.Azure;

/// <summary>
/// The storage account of the Functions host, which holds the records and queues too: a connection string in <c>AzureWebJobsStorage</c>, or its name with a managed identity in
/// the settings that the host itself reads (<c>AzureWebJobsStorage__accountName</c>, <c>__tableServiceUri</c>, <c>__queueServiceUri</c>, <c>__clientId</c>).
/// </summary>
public sealed class StorageAccount
{
    private const string Section = "AzureWebJobsStorage";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private readonly string? _connection;
    private readonly Uri? _tables;
    private readonly Uri? _queues;
    private readonly TokenCredential? _credential;

    /// <summary>Throws <see cref="SettingsException"/> when the settings name no account.</summary>
    public StorageAccount(IConfiguration configuration)
    {
        _connection = configuration[Section];
        if (_connection is not null)
            return;
        var section = configuration.GetSection(Section);
        (_tables, _queues) = (UriOf(section, "table"), UriOf(section, "queue"));
        if (_tables is null || _queues is null)
            throw new SettingsException([$"{Section}: names no storage account; set {Section}__accountName, or a connection string for the emulator."]);
        _credential = new ManagedIdentityCredential(section["clientId"] is { } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned);
    }

    public TableClient Table(string name)
    {
        var options = Calm(new TableClientOptions());
        return _connection is not null ? new TableClient(_connection, name, options) : new TableClient(_tables!, name, _credential!, options);
    }

    public QueueClient Queue(string name)
    {
        var options = Calm(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        return _connection is not null ? new QueueClient(_connection, name, options) : new QueueClient(new Uri(_queues!, name), _credential!, options);
    }

    // A write that the client repeats by itself after a lost answer finds its own row, and would report somebody else's.
    private static T Calm<T>(T options)
        where T : ClientOptions
    {
        options.Retry.MaxRetries = 0;
        options.Retry.NetworkTimeout = Timeout;
        return options;
    }

    private static Uri? UriOf(IConfigurationSection section, string service) =>
        (section[$"{service}ServiceUri"] ?? (section["accountName"] is { } account ? $"https://{account}.{service}.core.windows.net" : null)) is { } address ? new Uri(address) : null;
}
