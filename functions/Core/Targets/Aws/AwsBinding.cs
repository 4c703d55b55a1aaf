using Certrelay.Certificates;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Aws;

/// <summary>Brings one upload to several resources, and tells how each of them fared.</summary>
internal static class AwsBinding
{
    /// <summary>
    /// Binds an upload of a store. A service that does not know a certificate is either behind the store (then later: AWS advises about a minute) or right,
    /// because somebody removed it there (then it is forgotten, and the next try uploads it anew).
    /// </summary>
    public static async Task<IReadOnlyList<ResourceOutcome>> BindAsync(
        this AwsApi api, ICertificateStore store, CertificateBundle certificate, Func<string, Task<IReadOnlyList<ResourceOutcome>>> bind, CancellationToken cancellationToken)
    {
        var id = await api.Session.Uploads.FindOrUploadAsync(store, certificate, cancellationToken);
        var outcomes = await bind(id);
        if (outcomes.FirstOrDefault(IsUnknownCertificate) is not { } unknown)
            return outcomes;
        if (await new AwsLeaves(api).ReadAsync(id, cancellationToken) is null)
            await api.Session.Uploads.ForgetAsync(store, certificate, cancellationToken);
        throw new Transient(FindingCodes.CloudBusy.Code, unknown.Message!, TimeSpan.FromSeconds(5));
    }

    /// <summary>Changes one resource after the other: one that is refused is no reason to leave its neighbours as they are.</summary>
    public static async Task<IReadOnlyList<ResourceOutcome>> EachAsync(IEnumerable<string> resources, Func<string, Task> change)
    {
        var outcomes = new List<ResourceOutcome>();
        foreach (var id in resources)
        {
            try
            {
                await change(id);
                outcomes.Add(new ResourceOutcome(id, Succeeded: true));
            }
            catch (Permanent fault) when (IsOfOneResource(fault))
            {
                outcomes.Add(new ResourceOutcome(id, Succeeded: false, fault.Code, fault.Message));
            }
        }

        return outcomes;
    }

    // What the account may not do it may not do to the next one either.
    private static bool IsOfOneResource(Permanent fault) => fault.Code != FindingCodes.CloudCredentials.Code && fault.Code != FindingCodes.CloudPermission.Code;

    // ELB has a code for this alone, CloudFront one for every bad certificate.
    private static bool IsUnknownCertificate(ResourceOutcome outcome) => outcome is { Succeeded: false, Message: { } words }
        && ((outcome.Code == FindingCodes.CloudNotFound.Code && words.Contains("CertificateNotFound", StringComparison.Ordinal))
            || (outcome.Code == FindingCodes.CloudCertificate.Code && words.Contains("doesn't exist", StringComparison.Ordinal)));
}
