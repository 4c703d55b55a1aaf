using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Kubernetes;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kind <c>alibaba-ack-ingress</c>.</summary>
public sealed record AlibabaAckIngressSettings : AckSettings, IValidatableObject
{
    [Description("The namespace of the Ingress, where the Secrets are made.")]
    [ResourceName]
    public required string Namespace { get; init; }

    [Description("The name of the Ingress.")]
    [ClusterName]
    public required string Ingress { get; init; }

    [Description("The host, as an entry of the Ingress' spec.tls names it; the certificate has to cover the other hosts of that entry too.")]
    public required string Host { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var fault in ListedDomains.Faults([Host], DomainMatch.Listed))
            yield return new ValidationResult(fault.ErrorMessage, ["host"]);
    }
}

/// <summary>A host of an Ingress in a cluster of ACK, whichever controller serves it (nginx, ALB, MSE).</summary>
internal static class AlibabaAckIngressTarget
{
    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaAckIngressSettings>(
        "alibaba-ack-ingress", "Alibaba Cloud ACK, a host of an Ingress", TimeSpan.FromMinutes(5),
        static (settings, context) => new IngressTarget(AckCluster.Open(settings, context), settings.Namespace, settings.Ingress, settings.Host, context.Names)) with
    {
        Cloud = new CloudKind(
            CloudVendor.Alibaba, [AlibabaActions.DescribeClusters, AlibabaActions.DescribeClusterUserKubeconfig, .. ClusterActions.Ingress], "CS 2015-12-15, Kubernetes networking.k8s.io/v1",
            new DateOnly(2026, 11, 22), "The Ingress is read back until the host's entry refers to the new Secret.")
        {
            Check = AckCluster.CheckAsync,
            Gaps =
            [
                "What is changed and what is left alone, and why: [kubernetes.md](kubernetes.md).",
                "A manager that declares `spec.tls` by server-side apply would set it back: refused with `cloud.conflict` and its name, never forced; hand the list over as the page says.",
                "What was set in another way (console, Helm, `kubectl apply` without `--server-side`) is changed, and the plan names who set it: put the new Secret's name into that manifest, or its next use brings the former one back.",
                "Update only: a host without an entry in `spec.tls`, or an entry without a Secret, gets its first one by hand.",
                "Whether anything but an Ingress of the namespace uses a superseded Secret of ours is not looked at before it is removed: keep more of them with `Clouds:KeepUploads`.",
            ],
        },
    };
}
