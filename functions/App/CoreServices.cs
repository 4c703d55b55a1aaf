using Certrelay.App.Telemetry;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Records.Lists;
using Certrelay.Rollouts;
using Certrelay.Targets;
using Certrelay.Targets.Accounts;
using Certrelay.Watch;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Discovery;
using Certrelay.Watch.Metrics;
using Certrelay.Watch.Moments;
using Certrelay.Watch.Probing;
using Certrelay.Watch.Revocation;
using Certrelay.Watch.Validation;
using Certrelay.Watch.VaultEvents;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.App;

/// <summary>Registers the product itself, the same in both editions. The edition adds the record store, the work queue and the vault, and may put another resolver in the place of the system's.</summary>
public static class CoreServices
{
    public static IServiceCollection AddCertrelay(this IServiceCollection services, Settings settings) => services
        .AddTargets(settings.Outgoing, settings.Local, settings.Clouds)
        .AddSingleton(settings)
        .AddSingleton(settings.Rollouts.ToOptions())
        .AddSingleton(settings.Keep.ToOptions())
        .AddSingleton<Due>()
        .AddSingleton<AuditTrail>()
        .AddSingleton<AuditSeals>()
        .AddSingleton<CertificateIndex>()
        .AddSingleton<ListIndex>()
        .AddSingleton<CertificateList>()
        .AddSingleton<TargetList>()
        .AddSingleton<CertificateUsage>()
        .AddSingleton<CertificateRegister>()
        .AddSingleton<VersionKeys>()
        .AddSingleton(settings.Policy)
        .AddSingleton<CertificatePolicy>()
        .AddSingleton<CertificateRegistry>()
        .AddSingleton(TrustStores.Of(settings.Trust))
        .AddSingleton<SeenAuthorities>()
        .AddSingleton<RsaModuli>()
        .AddSingleton<UploadInspector>()
        .AddSingleton<VersionChains>()
        .AddSingleton<CertificateUploads>()
        .AddSingleton<CertificateExports>()
        .AddSingleton<CertificateRequests>()
        .AddSingleton<TargetRegistry>()
        .AddSingleton<AccountRegistry>()
        .AddSingleton<AccountUse>()
        .AddSingleton<AccountProofs>()
        .AddSingleton<StoreListing>()
        .AddSingleton<TargetProbe>()
        .AddSingleton<TargetLeases>()
        .AddSingleton<AccountTurns>()
        .AddSingleton<Retirement>()
        .AddSingleton<StepRecords>()
        .AddSingleton<StepRunner>()
        .AddSingleton<Freeze>()
        .AddSingleton<RolloutSummaries>()
        .AddSingleton<RolloutStart>()
        .AddSingleton<RolloutPlanner>()
        .AddSingleton<RolloutCommands>()
        .AddAlerts(settings.Alerts)
        .AddSingleton<DueNudges>()
        .AddSingleton<Reconcile>()
        .AddSingleton<Retention>()
        .AddSingleton<Cleanup>()
        .AddSingleton<MeterTotals>()
        .AddHostedService(static provider => provider.GetRequiredService<MeterTotals>())
        .AddSingleton<MetricsPage>()
        .AddTelemetry(settings.Telemetry)
        .AddSingleton<Heartbeats>()
        .AddSingleton<HealthReading>()
        .AddSingleton<TimerWork>()
        .AddSingleton<StatusCount>()
        .AddSingleton<OwedRollouts>()
        .AddSingleton<VaultVersions>()
        .AddSingleton<Healing>()
        .AddSingleton<Reindex>()
        .AddSingleton<Stuck>()
        .AddSingleton(settings.Watch)
        .AddSingleton<CertificateCheck>()
        .AddSingleton<TargetVerdict>()
        .AddSingleton<DriftResponse>()
        .AddSingleton<ServedLeafAlerts>()
        .AddSingleton<TargetWatch>()
        .AddSingleton<ContentFetch>()
        .AddSingleton<RevocationCheck>()
        .AddSingleton<RevocationWatch>()
        .AddSingleton<IssuerFetch>()
        .AddSingleton<ChainValidation>()
        .AddSingleton<SharedPrimeScan>()
        .AddSingleton<EndpointSurvey>()
        .AddSingleton<EndpointSurveys>()
        .AddSingleton(settings.Discover)
        .AddSingleton<OwnNetworks>()
        .AddSingleton<EndpointDiscovery>()
        .AddSingleton<AccountSurvey>()
        .AddSingleton<LeafNames>()
        .AddSingleton<TargetNames>()
        .AddSingleton<ProposalDraft>()
        .AddSingleton<BindingDraft>()
        .AddSingleton<Adoption>()
        .AddSingleton<Triggers.RolloutWait>();

    private static IServiceCollection AddTelemetry(this IServiceCollection services, TelemetrySettings settings) =>
        settings.OtlpEndpoint is null ? services : services.AddSingleton(settings).AddHostedService<OtlpExport>();
}
