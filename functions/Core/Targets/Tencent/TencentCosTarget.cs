using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Tencent;

/// <summary>Settings of the kind <c>tencent-cos</c>.</summary>
public sealed record TencentCosSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the bucket: ap-guangzhou.")]
    [ResourceName]
    public required string Region { get; init; }

    [Description("The bucket with the number of its owner: files-1250000000.")]
    [RegularExpression("^[a-z0-9][a-z0-9-]*-[0-9]+$", ErrorMessage = "must be a bucket with the number of its owner: files-1250000000.")]
    public required string Bucket { get; init; }

    [Description("The bucket's own domain, which the certificate must cover.")]
    public required string Domain { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        ListedDomains.Faults([Domain], DomainMatch.Listed).Select(static fault => new ValidationResult(fault.ErrorMessage, ["domain"]));
}

/// <summary>Binds a certificate of the store to a bucket's own domain by one of the store's deployment jobs.</summary>
/// <remarks>SSL API 2019-12-05, resource type cos: https://cloud.tencent.com/document/api/400/91667</remarks>
internal sealed class TencentCosTarget : IDeployTarget
{
    private readonly TencentDeployment _jobs;

    private TencentCosTarget(TencentCosSettings settings, TencentApi api) =>
        _jobs = new TencentDeployment(
            api, TencentCertificates.Buckets, settings.Region, [new TencentInstance($"{settings.Region}|{settings.Bucket}|{settings.Domain}", settings.Domain)]);

    public static TargetKind Kind { get; } = TargetKind.Of<TencentCosSettings>(
        "tencent-cos", "A domain of a Tencent Cloud COS bucket", TimeSpan.FromMinutes(30), static (settings, context) => new TencentCosTarget(settings, new TencentApi(context.Cloud))) with
    {
        Cloud = new CloudKind(
            CloudVendor.Tencent,
            [.. TencentActions.Store, .. TencentActions.Jobs, TencentActions.DescribeHostCosInstanceList],
            "SSL 2019-12-05",
            new DateOnly(2026, 11, 22),
            "DescribeHostDeployRecordDetail to the last record; what is bound is read with DescribeHostCosInstanceList.")
        {
            Check = TencentCertificates.CheckAsync,
            Gaps =
            [
                "The account must have allowed the certificate store to deploy (service role SSL_QCSLinkedRoleInReplaceLoadCertificate): once, in the console.",
                "A domain whose certificate is not in the certificate store is seen without one, and a restore cannot bring that back: bind it in the console.",
            ],
        },
    };

    public Task<TargetReading> ReadAsync(CancellationToken cancellationToken) => _jobs.ReadAsync(cancellationToken);

    public Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken) => _jobs.DeployAsync(certificate, job, cancellationToken);

    public Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) =>
        _jobs.RestoreAsync(previous, job, cancellationToken);

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => _jobs.RetireAsync(certificate, cancellationToken);
}
