using System.Collections.Concurrent;

namespace Certrelay.Simulators.Aws;

/// <summary>All that the services share: what is stored, and what is bound to what. Whoever reads or writes it holds <see cref="Lock"/>.</summary>
internal sealed class AwsCloud(TimeProvider time)
{
    public Lock Lock { get; } = new();

    public TimeProvider Time { get; } = time;

    public DateTimeOffset Now => Time.GetUtcNow();

    public AwsLimits Limits { get; } = new();

    /// <summary>Actions that the callers' policies do not allow: <c>acm.ImportCertificate</c>.</summary>
    public ConcurrentDictionary<string, bool> Denied { get; } = new(StringComparer.Ordinal);

    /// <summary>The code with which each write to a resource is refused.</summary>
    public ConcurrentDictionary<string, string> Refused { get; } = new(StringComparer.Ordinal);

    public List<AcmCertificate> Certificates { get; } = [];

    /// <summary>When certificates were imported, by region: deleting one does not give its share of the year back.</summary>
    public List<(string Region, DateTimeOffset At)> Imports { get; } = [];

    public List<ServerCertificate> ServerCertificates { get; } = [];

    public List<LoadBalancer> LoadBalancers { get; } = [];

    public List<Distribution> Distributions { get; } = [];

    /// <summary>The certificate that a load balancer of the region can use; null when there is none, or none yet.</summary>
    public CertificateMaterial? Find(string arn, string region)
    {
        if (Certificates.Find(one => one.Arn == arn && one.Region == region && one.VisibleFrom <= Now) is { } imported)
            return imported.Material.Latest;
        return ServerCertificates.Find(one => one.Arn == arn && one.VisibleFrom <= Now)?.Material;
    }

    /// <summary>What is served for an ARN, or for the id of a server certificate.</summary>
    public StoredCertificate? Serve(string? id) =>
        Certificates.Find(one => one.Arn == id)?.Material.InEffect.Served ?? ServerCertificates.Find(one => one.Arn == id || one.Id == id)?.Material.Served;

    /// <summary>The resources that name a certificate by any of its ids, those aside that let go of it long enough ago.</summary>
    public IEnumerable<string> InUseBy(params string[] ids) =>
        LoadBalancers.Where(balancer => balancer.Listeners.Any(listener => listener.Binding.Within(Limits.Release).Any(binding => binding.All.Any(ids.Contains))))
            .Select(balancer => balancer.Arn)
            .Concat(Distributions.Where(one => one.Config.Within(Limits.Release).Any(config => Distribution.CertificateOf(config) is { } id && ids.Contains(id)))
                .Select(one => one.Arn));
}
