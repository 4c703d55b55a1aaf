using Certrelay.App.Embedded.Host;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Certrelay.Vault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Certrelay.App.Embedded;

/// <summary>Registers what the embedded edition puts under the product: SQLite, the vault and the function host.</summary>
public static class EmbeddedServices
{
    public static IServiceCollection AddEmbedded(this IServiceCollection services, EmbeddedData data)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(data.Folder)
            .AddSingleton(data.Keys)
            .AddSingleton(_ => data.Database.GetAwaiter().GetResult())
            .AddSingleton<IRecordStore, SqliteRecordStore>()
            .AddSingleton<SqliteWorkQueue>()
            .AddSingleton<IWorkQueue>(static provider => provider.GetRequiredService<SqliteWorkQueue>())
            .AddSingleton<IVault>(provider => data.KeyVault is { } elsewhere ? KeyVaultServices.Open(provider, elsewhere) : data.Vault.GetAwaiter().GetResult())
            .AddSingleton(static _ => FunctionTable.OfProduct.GetAwaiter().GetResult())
            .AddSingleton<FunctionInvoker>()
            .AddSingleton(_ => QueueSettings.Read(Path.Combine(AppContext.BaseDirectory, "host.json")))
            .AddHostedService<ServingMark>()
            .AddHostedService<FunctionHost>();
    }
}
