namespace Certrelay.Targets.Calls;

/// <summary>One action of a vendor's API, as budgets, plans, policies and journals name it.</summary>
/// <param name="Service">The vendor's own short word for the service: <c>ssl</c>, <c>acm</c>.</param>
/// <param name="Name">The action as the vendor's reference names it; for REST calls verb and path, or the operation's name in the vendor's SDK.</param>
/// <param name="Writes">True when the call changes anything at the vendor.</param>
public sealed record CloudAction(string Service, string Name, bool Writes)
{
    /// <summary>What a policy of the vendor has to allow for it: <c>acm:ImportCertificate</c>.</summary>
    public required string Permission { get; init; }

    /// <summary>True when a role inside a Kubernetes cluster allows it (<c>ingresses.networking.k8s.io/patch</c>), and no policy of the vendor.</summary>
    public bool InCluster { get; init; }

    /// <summary>True when the vendor charges for the call or counts it against something bought.</summary>
    public bool Metered { get; init; }

    /// <summary><c>ssl.UploadCertificate</c>.</summary>
    public string Id => $"{Service}.{Name}";

    public override string ToString() => Id;
}
