using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Aws;

/// <summary>Settings of the kind <c>aws-acm</c>.</summary>
public sealed record AwsAcmSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The ARN of an imported certificate in ACM, whose content is replaced.")]
    public required string Arn { get; init; }

    [Description("The ARNs of the load balancers, distributions and other resources that use it: all of them change at once. One that is not named here blocks a rollout.")]
    public IReadOnlyList<string> Users { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!AwsArn.TryParse(Arn, out var arn) || arn is not { Service: "acm", Region.Length: > 0 } || !arn.Resource.StartsWith("certificate/", StringComparison.Ordinal))
            yield return new ValidationResult("must be the ARN of a certificate: arn:aws:acm:<region>:<account>:certificate/<id>.", [nameof(Arn)]);
        foreach (var (index, user) in Users.Index())
        {
            if (!AwsArn.TryParse(user, out _))
                yield return new ValidationResult("must be an ARN.", [$"users[{index}]"]);
        }
    }
}

/// <summary>Imports a certificate over an ARN of ACM: whatever uses that ARN serves the new one, without a change of its own.</summary>
/// <remarks>https://docs.aws.amazon.com/acm/latest/userguide/import-reimport.html</remarks>
internal sealed class AwsAcmTarget(AwsAcmSettings settings, AwsApi api) : IDeployTarget
{
    private readonly AcmStore _store = new(api, settings.Arn.Split(':')[3]);

    public static TargetKind Kind { get; } = TargetKind.Of<AwsAcmSettings>(
        "aws-acm", "An imported certificate of AWS Certificate Manager, replaced in place", TimeSpan.FromMinutes(30),
        static (settings, context) => new AwsAcmTarget(settings, new AwsApi(context.Cloud))) with
    {
        Cloud = new CloudKind(
            CloudVendor.Aws, [AwsActions.DescribeCertificate, AwsActions.GetCertificate, AwsActions.ImportCertificate, AwsActions.ListCertificates], "ACM 2015-12-08",
            new DateOnly(2026, 11, 22),
            "GetCertificate gives the leaf that the ARN holds; handshakes with what uses it are the proof.")
        {
            Check = AwsChecks.StoreAsync,
            InPlace = true,
            Gaps =
            [
                "Certificates that Amazon issued: they renew themselves, and cannot be imported over.",
                "Another type or size of key than before: ACM refuses that; bind a new import with aws-cloudfront, aws-alb, aws-nlb or aws-clb.",
            ],
        },
    };

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        var (type, users) = await _store.DescribeAsync(settings.Arn, cancellationToken);
        var leaf = await _store.LeafAsync(settings.Arn, cancellationToken);
        var refusals = users.Except(settings.Users, StringComparer.Ordinal).Select(static user => FindingCodes.TargetShared.At(user)).ToList();
        if (type != "IMPORTED")
            refusals.Add(FindingCodes.TargetRefused.At(settings.Arn, $"ACM replaces imported certificates only, this one is {type}."));
        // From our own vault: without the former key there, the runner refuses before any write (target.in-place).
        return new TargetReading(new TargetState([new ResourceState(settings.Arn, leaf?.Fingerprint, Restorable: true) { Bound = settings.Arn }]), refusals, Backup: null);
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken)
    {
        var former = await _store.LeafAsync(settings.Arn, cancellationToken) ?? throw new Permanent(FindingCodes.CloudNotFound.Code, $"ACM does not know {settings.Arn}.");
        if (former.Fingerprint != certificate.Fingerprint)
        {
            var (before, now) = (former.PublicKey, CertificateRecord.Parse(certificate.Leaf).PublicKey);
            if (before.Algorithm != now.Algorithm || before.Bits != now.Bits)
                throw new Permanent(FindingCodes.TargetKeyType.Code, $"{settings.Arn} holds a key of {before.Name} {before.Bits}, and ACM takes no other type or size over it.");
            // An import counts against the account's year, so that an unchanged certificate is not imported again.
            await _store.ReimportAsync(certificate, settings.Arn, cancellationToken);
        }

        return DeployResult.Of([new ResourceOutcome(settings.Arn, Succeeded: true)]);
    }

    public Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) =>
        throw new Permanent(FindingCodes.TargetInPlace.Code, FindingCodes.TargetInPlace.Meaning);

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => Task.CompletedTask;
}
