using Certrelay.App.Embedded.Host;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Certrelay.Vault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Certrelay.App.Embedded;

/// <summary>Registers what the embedded edition puts under the product: SQLite, the file vault and the function host.</summary>
public static class EmbeddedServices
{
    public static IServiceCollection AddEmbedded(this IServiceCollection services, Settings settings)
    {
        var data = new DataFolder(settings.DataFolder);
        services.TryAddSingleton(TimeProvider.System);
        // Opened beside the putting together of everything else: the two take about the same time.
        var file = Task.Run(() => new SqliteFile(data.Database));
        return services
            .AddSingleton(data)
            .AddSingleton(_ => file.GetAwaiter().GetResult())
            .AddSingleton<IRecordStore, SqliteRecordStore>()
            .AddSingleton<SqliteWorkQueue>()
            .AddSingleton<IWorkQueue>(static provider => provider.GetRequiredService<SqliteWorkQueue>())
            .AddSingleton(MasterKeySource(settings, data))
            .AddSingleton<IVault>(provider => FileVault.Open(data.Vault, provider.GetRequiredService<IMasterKeySource>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(_ => FunctionTable.OfProduct())
            .AddSingleton<FunctionInvoker>()
            .AddSingleton(_ => QueueSettings.Read(Path.Combine(AppContext.BaseDirectory, "host.json")))
            .AddHostedService<FunctionHost>();
    }

    private static IMasterKeySource MasterKeySource(Settings settings, DataFolder data) => settings.Vault.MasterKey is { } key
        ? new MasterKeySetting(key)
        : new MasterKeyFile(settings.Vault.MasterKeyFile ?? data.MasterKey);
}
