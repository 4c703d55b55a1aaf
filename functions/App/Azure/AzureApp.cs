using Certrelay.App.Embedded.Host;
using Certrelay.App.Http;
using Certrelay.Dns;
using Certrelay.Records;
using Certrelay.Vault;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Certrelay.App.Azure;

/// <summary>The product as an isolated worker of Azure Functions v4: the host calls its functions, and storage account and Key Vault are the platform's.</summary>
public static class AzureApp
{
    private const string HostArgument = "--functions-uri";
    private const string HostSetting = "Functions__Worker__HostEndpoint";

    /// <summary>True when a Functions host started this process; otherwise it is the embedded edition's.</summary>
    public static bool IsHosted(IReadOnlyList<string> args) =>
        args.Contains(HostArgument, StringComparer.Ordinal) || Environment.GetEnvironmentVariable(HostSetting) is not null;

    /// <summary>Serves until the host ends it; throws <see cref="SettingsException"/> with every fault of the settings.</summary>
    public static void Run(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication();
        // After the web application, whose own middleware gives the request to ours.
        builder.UseMiddleware<EdgeMiddleware>();
        builder.Services.AddAzure(SettingsCheck.Read(builder.Configuration), builder.Configuration);
        builder.Build().Run();
    }

    /// <summary>Registers the product over Azure Tables, Storage queues, Key Vault and DnsClient.</summary>
    public static IServiceCollection AddAzure(this IServiceCollection services, Settings settings, IConfiguration configuration)
    {
        var keys = settings.Vault.ToKeyVault() ?? throw new SettingsException(["Vault:Uri: The azure edition keeps its keys in a Key Vault; name it."]);
        var account = new StorageAccount(configuration);
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddHttpEdge(new EdgeOptions
            {
                BodyLimit = settings.Http.BodyLimit,
                BodyTimeout = TimeSpan.FromSeconds(settings.Http.BodyTimeoutSeconds),
                Edition = "azure",
                TrustPrincipal = EntraPrincipal.IsPlatformOn,
            })
            .AddSingleton<IDnsResolver, LookupClientResolver>()
            .AddCertrelay(settings)
            .AddSingleton<IRecordStore>(new TableRecordStore(account.Table))
            .AddSingleton<IWorkQueue>(new StorageWorkQueue(account.Queue))
            .AddSingleton<IVault>(provider => KeyVaultServices.Open(provider, keys))
            .AddSingleton(static _ => FunctionTable.OfProduct.GetAwaiter().GetResult())
            .AddSingleton<FunctionInvoker>();
    }
}
