using System.Text;
using Certrelay.App;
using Certrelay.App.Embedded;
using Certrelay.App.Embedded.Host;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Certificates;
using Certrelay.CrashHost;
using Certrelay.Records;
using Certrelay.Vault;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var arguments = HostArguments.Parse(args);
var settings = CrashSettings.Of(arguments.Folder);
var boundaries = new Boundaries(arguments.Kills, Console.Out);
await using var services = new ServiceCollection()
    .AddLogging(log =>
    {
        log.SetMinimumLevel(arguments.Trace ? LogLevel.Trace : LogLevel.Warning);
        log.AddProvider(new LogFile(arguments.LogFile));
    })
    .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
    .AddCertrelay(settings)
    .AddEmbedded(new EmbeddedData(settings, TimeProvider.System))
    .AddSingleton<SqliteRecordStore>()
    .AddSingleton<IRecordStore>(provider => new BoundaryStore(provider.GetRequiredService<SqliteRecordStore>(), boundaries))
    .AddSingleton<IWorkQueue>(provider => new BoundaryQueue(provider.GetRequiredService<SqliteWorkQueue>(), boundaries, arguments.Twice))
    .AddSingleton<IVault>(provider => new BoundaryVault(
        SuiteKeyVault.Given?.Open()
            ?? (IVault)FileVault.Open(provider.GetRequiredService<DataFolder>().Vault, provider.GetRequiredService<IMasterKeySource>(), provider.GetRequiredService<TimeProvider>()), boundaries))
    // Rollouts are begun by another process, whose messages are found by polling.
    .AddSingleton(QueueSettings.Read(Path.Combine(AppContext.BaseDirectory, "host.json")) with { MaxPollingInterval = TimeSpan.FromMilliseconds(100) })
    .BuildServiceProvider();

if (arguments.Upload is { } name)
{
    var pem = Encoding.ASCII.GetBytes(await Console.In.ReadToEndAsync());
    using var inspection = CertificateInspector.Inspect(pem, new InspectionOptions { Now = TimeProvider.System.GetUtcNow() });
    await services.GetRequiredService<CertificateUploads>().StoreAsync(name, inspection, new LineageDetails(), CancellationToken.None);
    return;
}

var hosted = services.GetServices<IHostedService>().ToList();
foreach (var service in hosted)
    await service.StartAsync(CancellationToken.None);
foreach (var service in hosted.OfType<IHostedLifecycleService>())
    await service.StartedAsync(CancellationToken.None);
// The end of the input asks for a stop, and is what a dead parent leaves behind.
await Console.In.ReadToEndAsync();
foreach (var service in hosted)
    await service.StopAsync(CancellationToken.None);
