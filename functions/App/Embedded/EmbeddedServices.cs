using System.Reflection;
using Certrelay.App.Embedded.Host;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Dns;
using Certrelay.Records;
using Certrelay.Vault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Certrelay.App.Embedded;

/// <summary>Registers what the embedded edition puts under the product: SQLite, the file vault, the system's resolver and the function host.</summary>
public static class EmbeddedServices
{
    public static IServiceCollection AddEmbedded(this IServiceCollection services, Settings settings)
    {
        var data = new DataFolder(settings.DataFolder);
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(data)
            .AddSingleton(_ => new SqliteFile(data.Database))
            .AddSingleton<IRecordStore, SqliteRecordStore>()
            .AddSingleton<SqliteWorkQueue>()
            .AddSingleton<IWorkQueue>(static provider => provider.GetRequiredService<SqliteWorkQueue>())
            .AddSingleton(MasterKeySource(settings, data))
            .AddSingleton<IVault>(provider => FileVault.Open(data.Vault, provider.GetRequiredService<IMasterKeySource>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<IResolver, SystemResolver>()
            .AddSingleton(_ => FunctionTable.Of(Assembly.GetExecutingAssembly()))
            .AddSingleton<FunctionInvoker>()
            .AddSingleton(_ => QueueSettings.Read(Path.Combine(AppContext.BaseDirectory, "host.json")))
            .AddHostedService<FunctionHost>();
    }

    private static IMasterKeySource MasterKeySource(Settings settings, DataFolder data) => settings.Vault.MasterKey is { } key
        ? new MasterKeySetting(key)
        : new MasterKeyFile(settings.Vault.MasterKeyFile ?? data.MasterKey);
}
