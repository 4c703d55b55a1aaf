using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;

namespace Certrelay.Targets.Calls;

/// <summary>How the bindings that an account has already are found for a kind of target, so that they can be adopted. Only reads.</summary>
/// <param name="Actions">What it calls; the policy <c>discover.json</c> of the vendor allows these.</param>
/// <param name="FindAsync">The bindings in a region (null: the account's own) as the vendor pages them; throws <see cref="Transient"/> and <see cref="Permanent"/> as its calls do.</param>
public sealed record CloudSurvey(IReadOnlyList<CloudAction> Actions, Func<TargetContext, string?, CancellationToken, IAsyncEnumerable<FoundBinding>> FindAsync)
{
    /// <summary>All that looking through an account of a vendor calls, its certificate stores included.</summary>
    public static IReadOnlyList<CloudAction> ActionsOf(CloudVendor vendor) =>
    [
        .. DeployTargets.All.Where(kind => kind.Cloud?.Vendor == vendor).SelectMany(static kind => kind.Cloud!.Survey?.Actions ?? [])
            .Concat(CertificateStores.All.Where(store => store.Vendor == vendor).SelectMany(static store => store.Actions))
            .Distinct(),
    ];
}

/// <summary>A place of an account that serves a certificate, and how a target that looks after it is set.</summary>
/// <param name="Place">What people call it: a domain, a load balancer with its port.</param>
/// <param name="Bound">The vendor's id of the certificate there; null where the place holds a copy of its own.</param>
/// <param name="Leaf">The certificate; null where the vendor does not show it.</param>
public sealed record FoundBinding(string Place, ICloudSettings Settings, string? Bound, CertificateRecord? Leaf)
{
    /// <summary>The name that clients ask for there, wildcards included; null: one of the certificate's.</summary>
    public string? Name { get; init; }

    /// <summary>The host that the vendor gives to the place; null: clients come by the name itself.</summary>
    public string? Host { get; init; }

    public int Port { get; init; } = 443;

    /// <summary>Where the certificate can be seen; null when neither a host nor a name is known.</summary>
    public Endpoint? Endpoint
    {
        get
        {
            var name = Name ?? Leaf?.Names.Where(static one => one.Kind != SubjectNameKind.Address).Select(static one => one.Value).FirstOrDefault();
            // A wildcard stands for the name that most sites have.
            if (name is not null && name.StartsWith("*.", StringComparison.Ordinal))
                name = $"www{name[1..]}";
            return (Host ?? name) is not { } host ? null : new Endpoint(host, Port) { ServerName = name == host ? null : name };
        }
    }
}
