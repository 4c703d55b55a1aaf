using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Targets;
using Certrelay.Targets.Local;
using Certrelay.Watch;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.App;

/// <summary>Registers the product itself, the same in both editions. The edition adds the record store, the work queue, the vault and the resolver.</summary>
public static class CoreServices
{
    public static IServiceCollection AddCertrelay(this IServiceCollection services, Settings settings) => services
        .AddSingleton(settings)
        .AddSingleton(settings.Local)
        .AddSingleton(settings.Outgoing)
        .AddSingleton(settings.Rollouts.ToOptions())
        .AddSingleton<Due>()
        .AddSingleton<AuditSeals>()
        .AddSingleton<CertificateIndex>()
        .AddSingleton<VersionKeys>()
        .AddSingleton<CertificateRegistry>()
        .AddSingleton<OutgoingGuard>()
        .AddSingleton<TlsProbe>()
        .AddSingleton<EndpointProbe>()
        .AddSingleton<CommandRunner>()
        .AddSingleton<TargetRegistry>()
        .AddSingleton<TargetProbe>()
        .AddSingleton<TargetLeases>()
        .AddSingleton<StepRecords>()
        .AddSingleton<StepRunner>()
        .AddSingleton<Freeze>()
        .AddSingleton<RolloutSummaries>()
        .AddSingleton<RolloutStart>()
        .AddSingleton<RolloutCommands>()
        .AddSingleton<Reconcile>()
        .AddSingleton<Cleanup>()
        .AddSingleton<Heartbeats>()
        .AddSingleton<StatusCount>()
        .AddSingleton<Healing>()
        .AddSingleton<Reindex>()
        .AddSingleton<Stuck>()
        .AddSingleton<Triggers.RolloutWait>();
}
