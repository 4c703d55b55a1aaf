using Certrelay.Certificates;
using Certrelay.Records;

namespace Certrelay.Targets.Tencent;

/// <summary>Binds a certificate of the store to domains of live streaming by one of the store's deployment jobs.</summary>
/// <remarks>SSL API 2019-12-05, resource type live: https://cloud.tencent.com/document/api/400/91667</remarks>
internal sealed class TencentLiveTarget : IDeployTarget
{
    private readonly TencentDeployment _jobs;

    private TencentLiveTarget(TencentDomainsSettings settings, TencentApi api) =>
        _jobs = new TencentDeployment(api, "live", region: null, [.. settings.Domains.Select(static domain => new TencentInstance(domain, domain))]);

    public static TargetKind Kind { get; } = TargetKind.Of<TencentDomainsSettings>(
        "tencent-live", "Tencent Cloud live streaming domains", TimeSpan.FromMinutes(30), static (settings, context) => new TencentLiveTarget(settings, new TencentApi(context.Cloud))) with
    {
        Cloud = TencentDeployment.OfDomains with { Survey = TencentDeployment.SurveyOf("live") },
    };

    public Task<TargetReading> ReadAsync(CancellationToken cancellationToken) => _jobs.ReadAsync(cancellationToken);

    public Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken) => _jobs.DeployAsync(certificate, job, cancellationToken);

    public Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) =>
        _jobs.RestoreAsync(previous, job, cancellationToken);

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => _jobs.RetireAsync(certificate, cancellationToken);
}
