using System.Net;
using Certrelay.Certificates;

namespace Certrelay.Outgoing;

/// <summary>Who named the address: a certificate or a CA (content), someone who asks for a probe, someone who wants notices, the owner of a target, or a vendor that says where a cluster is.</summary>
public enum OutgoingClass
{
    /// <summary>AIA, CRL, OCSP and links from a CA.</summary>
    Content,

    /// <summary>A host that somebody asks to have probed.</summary>
    Probe,

    /// <summary>Where notices go.</summary>
    Webhook,

    /// <summary>The endpoint of a target.</summary>
    Endpoint,

    /// <summary>The API of a cluster, as its kubeconfig names it.</summary>
    Cluster,
}

/// <summary>
/// Judges every address that someone else named, after it was resolved and before a connection is made to just that address.
/// Without it a certificate's AIA or a webhook could have this host ask a metadata service for credentials.
/// </summary>
public sealed class OutgoingGuard(OutgoingOptions options)
{
    private readonly IPNetwork[] _allowed = [.. options.Allow.Select(IPNetwork.Parse)];

    /// <summary>Null when a connection may be made; otherwise why not, as <c>probe.forbidden</c>.</summary>
    public Finding? Check(OutgoingClass outgoing, IPAddress address)
    {
        var plain = EmbeddedAddress.Plain(address);
        var (reach, kind) = AddressReach.Of(plain);
        if (reach == Reach.Never)
            return FindingCodes.ProbeForbidden.At(address.ToString(), $"{address} is {kind}, which is never connected to.");

        var allowed = outgoing == OutgoingClass.Endpoint
            ? reach != Reach.Loopback || options.AllowLoopbackEndpoints
            : reach == Reach.Public || IsAllowed(plain);
        if (allowed)
            return null;
        var setting = outgoing == OutgoingClass.Endpoint ? "Outgoing:AllowLoopbackEndpoints" : "Outgoing:Allow";
        return FindingCodes.ProbeForbidden.At(address.ToString(), $"{address} is {kind}; {setting} does not permit it.");
    }

    private bool IsAllowed(IPAddress address) =>
        EmbeddedAddress.In(address).Prepend(address).Any(form => Array.Exists(_allowed, network => network.Contains(form)));
}
