using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Huawei;

/// <summary>Settings of the kind <c>huawei-elb-certificate</c>.</summary>
public sealed record HuaweiElbCertificateSettings : ICloudSettings
{
    [Description("The name of a Huawei Cloud account.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the certificate, such as cn-north-4; the account's when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [Description("The id of the certificate in the load balancers' store; every listener that uses it follows, so that each should be an endpoint of the target.")]
    [MinLength(1)]
    [MaxLength(64)]
    public required string Certificate { get; init; }
}

/// <summary>Replaces the content of one certificate of the load balancers' store; its id stays, and every listener that uses it follows.</summary>
internal sealed class HuaweiElbCertificateTarget(HuaweiElbCertificateSettings settings, HuaweiApi api) : IDeployTarget
{
    private readonly ElbStore _store = new(api, api.Region(settings.Region));

    public static TargetKind Kind { get; } = TargetKind.Of<HuaweiElbCertificateSettings>(
        "huawei-elb-certificate",
        "Huawei Cloud load balancer certificate, replaced in place",
        TimeSpan.FromMinutes(3),
        static (settings, context) => new HuaweiElbCertificateTarget(settings, HuaweiApi.Of(context))) with
    {
        Cloud = new CloudKind(
            CloudVendor.Huawei,
            [.. HuaweiActions.Ids, HuaweiActions.ElbShow, HuaweiActions.ElbReplace],
            "ELB v3, IAM v3",
            new DateOnly(2026, 11, 22),
            "The certificate is read back behind the write.")
        {
            // A certificate by its id is all that it may read.
            Check = static (session, cancellationToken) => new HuaweiApi(session).ProjectAsync(HuaweiApi.CheckRegion(session), cancellationToken),
            InPlace = true,
        },
    };

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        var bound = await _store.ShowAsync(settings.Certificate, cancellationToken);
        return new TargetReading(new TargetState([new ResourceState(bound.Id, bound.Leaf, Restorable: true) { Bound = bound.Id }]), [], Backup: null);
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken)
    {
        var bound = await _store.ShowAsync(settings.Certificate, cancellationToken);
        if (bound.Leaf != certificate.Fingerprint)
        {
            await _store.ReplaceAsync(bound, certificate, cancellationToken);
            if (!api.Plans && (await _store.ShowAsync(settings.Certificate, cancellationToken)).Leaf != certificate.Fingerprint)
                return DeployResult.Of([new ResourceOutcome(bound.Id, Succeeded: false, FindingCodes.CloudConflict.Code, "It has another content behind the write.")]);
        }

        return DeployResult.Of([new ResourceOutcome(bound.Id, Succeeded: true)]);
    }

    /// <summary>Nothing: the runner deploys the former version from our own vault.</summary>
    public Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) =>
        throw new Permanent(FindingCodes.TargetInPlace.Code, FindingCodes.TargetInPlace.Meaning);

    /// <summary>Nothing: what was there is gone.</summary>
    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => Task.CompletedTask;
}
