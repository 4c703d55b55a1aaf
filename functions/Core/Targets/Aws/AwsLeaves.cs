using Certrelay.Certificates;

namespace Certrelay.Targets.Aws;

/// <summary>The leaf of a certificate that is bound somewhere, read once a piece of work.</summary>
internal sealed class AwsLeaves(AwsApi api)
{
    private readonly Dictionary<string, CertificateRecord?> _known = new(StringComparer.Ordinal);

    /// <summary>The leaf behind an ARN of ACM or IAM, or the id of a server certificate; null when it is unknown there, or of another kind.</summary>
    public async Task<CertificateRecord?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(id, out var known))
            return known;
        var leaf = AwsArn.TryParse(id, out var arn) && arn.Service == "acm"
            ? await new AcmStore(api, arn.Region).LeafAsync(id, cancellationToken)
            : await new ServerCertificateStore(api).LeafAsync(id, cancellationToken);
        return _known[id] = leaf;
    }
}
