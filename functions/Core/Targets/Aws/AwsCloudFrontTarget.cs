using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Xml.Linq;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Aws;

/// <summary>Settings of the kind <c>aws-cloudfront</c>.</summary>
public sealed record AwsCloudFrontSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The ids of the distributions, such as E2QWRUHAPOMQZL; empty with match: covered.")]
    public IReadOnlyList<string> Distributions { get; init; } = [];

    [Description("listed: the distributions named here. covered: every distribution of the account all of whose aliases the certificate covers.")]
    public DomainMatch Match { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Match == DomainMatch.Covered && Distributions.Count > 0)
            yield return new ValidationResult("must be empty with match: covered.", [nameof(Distributions)]);
        else if (Match == DomainMatch.Listed && Distributions.Count == 0)
            yield return new ValidationResult("must name a distribution, unless match is covered.", [nameof(Distributions)]);
        foreach (var (index, id) in Distributions.Index())
        {
            if (id.Length is < 2 or > 32 || !id.All(static one => char.IsAsciiDigit(one) || char.IsAsciiLetterUpper(one)) || Distributions.Take(index).Contains(id, StringComparer.Ordinal))
                yield return new ValidationResult("must be the id of a distribution, capital letters and digits, named once.", [$"distributions[{index}]"]);
        }
    }
}

/// <summary>Names a certificate in the configuration of distributions and waits until the edge has it; the one store is ACM of us-east-1, in China IAM.</summary>
/// <remarks>https://docs.aws.amazon.com/cloudfront/latest/APIReference/, API version 2020-05-31.</remarks>
internal sealed class AwsCloudFrontTarget(AwsCloudFrontSettings settings, AwsApi api, IReadOnlyList<string> names) : IDeployTarget
{
    private const int Tries = 3;

    private static readonly TimeSpan PollAfter = TimeSpan.FromSeconds(5);

    // In China ACM is there for load balancers only: https://docs.amazonaws.cn/en_us/aws/latest/userguide/cloudfront.html
    private readonly ICertificateStore _store = api.IsChina ? new ServerCertificateStore(api) : new AcmStore(api, "us-east-1");

    public static TargetKind Kind { get; } = TargetKind.Of<AwsCloudFrontSettings>(
        "aws-cloudfront", "AWS CloudFront distributions", TimeSpan.FromMinutes(30),
        static (settings, context) => new AwsCloudFrontTarget(settings, new AwsApi(context.Cloud), context.Names)) with
    {
        // https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html: of the curves only P-256, and RSA of at most 3072 bits.
        KeyAlgorithms = ["Rsa", "P256"],
        Cloud = new CloudKind(
            CloudVendor.Aws,
            [
                .. AwsActions.AcmStore, .. AwsActions.ServerCertificateStore,
                AwsActions.ListDistributions, AwsActions.GetDistribution, AwsActions.GetDistributionConfig, AwsActions.UpdateDistribution,
            ],
            "CloudFront 2020-05-31, ACM 2015-12-08; in China IAM 2010-05-08",
            new DateOnly(2026, 11, 22),
            "GetDistribution until the status is Deployed; GetDistributionConfig names the certificate.")
        {
            Check = AwsChecks.DistributionsAsync,
            Survey = AwsSurveys.Distributions,
            Gaps =
            [
                "Tenants of a multi-tenant distribution that bring a certificate of their own: bind it in the console.",
                "Aliases: a distribution gets the certificate only for the names that it has already.",
            ],
        },
    };

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        var (leaves, states, refusals, covered) = (new AwsLeaves(api), new List<ResourceState>(), new List<Finding>(), new AwsNames(names));
        foreach (var id in await DistributionsAsync(covered, cancellationToken))
        {
            var (config, _) = await ConfigAsync(id, cancellationToken);
            var bound = ViewerCertificate.Of(config);
            states.Add(new ResourceState(id, bound is null ? null : (await leaves.ReadAsync(bound, cancellationToken))?.Fingerprint, Restorable: true) { Bound = bound });
            // CloudFront refuses such a certificate; said here, nothing has been changed yet.
            if (!covered.IsEmpty && ViewerCertificate.Aliases(config).Where(alias => !covered.Cover(alias)).ToList() is { Count: > 0 } uncovered)
                refusals.Add(FindingCodes.TargetNotCovered.At(id, $"The certificate covers {covered}, not the aliases {string.Join(", ", uncovered)}."));
        }

        return new TargetReading(new TargetState(states), refusals, Backup: null);
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken)
    {
        if (job is not null)
            return await PollAsync(job.Details, cancellationToken);
        var distributions = await DistributionsAsync(AwsNames.Of(certificate), cancellationToken);
        if (distributions.Count == 0)
            throw new Permanent(FindingCodes.CloudNotFound.Code, "The certificate covers the aliases of no distribution of the account.");
        var moving = new HashSet<string>(StringComparer.Ordinal);
        var outcomes = await api.BindAsync(
            _store, certificate, id => UpdateAsync(distributions.Select(distribution => (distribution, (string?)id)), moving, cancellationToken), cancellationToken);
        return Result(outcomes, moving);
    }

    public async Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken)
    {
        if (job is not null)
            return await PollAsync(job.Details, cancellationToken);
        var moving = new HashSet<string>(StringComparer.Ordinal);
        return Result(await UpdateAsync(previous.Resources.Select(static resource => (resource.Id, resource.Bound)), moving, cancellationToken), moving);
    }

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => api.Session.Uploads.RetireAsync(_store, certificate, cancellationToken);

    /// <summary>Changes each distribution; those that the edge has yet to follow are added to the moving ones.</summary>
    private Task<IReadOnlyList<ResourceOutcome>> UpdateAsync(IEnumerable<(string Distribution, string? Certificate)> wanted, HashSet<string> moving, CancellationToken cancellationToken)
    {
        var certificates = wanted.ToDictionary(static one => one.Distribution, static one => one.Certificate, StringComparer.Ordinal);
        return AwsBinding.EachAsync(certificates.Keys, async id =>
        {
            if (await UpdateAsync(id, certificates[id], cancellationToken))
                moving.Add(id);
        });
    }

    /// <summary>Names the certificate in one distribution; true while the edge has yet to get it.</summary>
    private async Task<bool> UpdateAsync(string id, string? certificate, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (config, tag) = await ConfigAsync(id, cancellationToken);
            var before = ViewerCertificate.Of(config);
            if (before == certificate)
                return await IsMovingAsync(id, cancellationToken);
            ViewerCertificate.Set(config, certificate);
            var write = new CloudWrite(
                before is null ? $"gives {id} a certificate in place of CloudFront's own" : $"binds the certificate to {id}", before,
                static () => CloudAnswer.Of(200, "<Distribution><Status>Deployed</Status></Distribution>"));
            try
            {
                using var answer = await api.CloudFrontAsync(
                    AwsActions.UpdateDistribution, "PUT", [id, "config"], [], id, cancellationToken, [new("If-Match", tag)], config, write);
                return AwsXml.Read(answer).Text("Status") != "Deployed";
            }
            catch (Permanent fault) when (fault.Code == FindingCodes.CloudConflict.Code && fault.Message.Contains("PreconditionFailed", StringComparison.Ordinal))
            {
                // Somebody else changed it between the read and the write: their change stays, ours goes on top.
                if (attempt == Tries)
                    throw new Transient(FindingCodes.CloudBusy.Code, $"{id} is being changed by somebody else.");
            }
        }
    }

    private async Task<DeployResult> PollAsync(IReadOnlyDictionary<string, string> details, CancellationToken cancellationToken)
    {
        var moving = new HashSet<string>(StringComparer.Ordinal);
        var outcomes = new List<ResourceOutcome>();
        foreach (var (id, refusal) in details)
        {
            outcomes.Add(refusal.Split('|', 2) is [var code, var message] ? new ResourceOutcome(id, Succeeded: false, code, message) : new ResourceOutcome(id, Succeeded: true));
            if (refusal.Length == 0 && await IsMovingAsync(id, cancellationToken))
                moving.Add(id);
        }

        return Result(outcomes, moving);
    }

    private static DeployResult Result(IReadOnlyList<ResourceOutcome> outcomes, HashSet<string> moving) => moving.Count == 0 ? DeployResult.Of(outcomes) : DeployResult.Of(
        new PendingJob(
            string.Join(' ', moving),
            outcomes.ToDictionary(static one => one.Id, static one => one.Succeeded ? "" : $"{one.Code}|{one.Message}", StringComparer.Ordinal)),
        PollAfter);

    private async Task<bool> IsMovingAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await api.CloudFrontAsync(AwsActions.GetDistribution, "GET", [id], [], id, cancellationToken);
        return AwsXml.Read(answer).Text("Status") != "Deployed";
    }

    private async Task<(XElement Config, string Tag)> ConfigAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await api.CloudFrontAsync(AwsActions.GetDistributionConfig, "GET", [id, "config"], [], id, cancellationToken);
        return (AwsXml.Read(answer), answer.Header("ETag") ?? throw CloudAnswer.Unreadable("ETag"));
    }

    /// <summary>The distributions that settings list, or those that the names cover.</summary>
    private async Task<IReadOnlyList<string>> DistributionsAsync(AwsNames covered, CancellationToken cancellationToken)
    {
        if (settings.Match == DomainMatch.Listed)
            return settings.Distributions;
        var found = new List<string>();
        await foreach (var one in api.DistributionsAsync(cancellationToken))
        {
            if (ViewerCertificate.Aliases(one) is { Count: > 0 } aliases && aliases.All(covered.Cover))
                found.Add(one.Text("Id") ?? throw CloudAnswer.Unreadable("Id"));
        }

        return found;
    }
}
