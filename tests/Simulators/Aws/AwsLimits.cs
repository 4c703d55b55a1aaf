namespace Certrelay.Simulators.Aws;

/// <summary>Quotas and delays; a test sets them before it begins. The quotas are the vendor's, the delays short ones.</summary>
public sealed class AwsLimits
{
    /// <summary>Imported certificates a region.</summary>
    public int ImportedCertificates { get; set; } = 2500;

    /// <summary>New imports a region in 365 days; whether a re-import counts is not known, here it does not.</summary>
    public int ImportsAYear { get; set; } = 5000;

    /// <summary>Server certificates in IAM.</summary>
    public int ServerCertificates { get; set; } = 20;

    /// <summary>Certificates of one listener beside the default one.</summary>
    public int ListenerCertificates { get; set; } = 25;

    /// <summary>How long a load balancer goes on to serve what it had.</summary>
    public TimeSpan Propagation { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a distribution is in progress.</summary>
    public TimeSpan Deployment { get; set; } = TimeSpan.FromMilliseconds(400);

    /// <summary>How long a new certificate is missing from lists, and unknown to load balancers and distributions.</summary>
    public TimeSpan Visibility { get; set; } = TimeSpan.Zero;

    /// <summary>How long a certificate counts as in use after nothing names it any more.</summary>
    public TimeSpan Release { get; set; } = TimeSpan.Zero;
}
