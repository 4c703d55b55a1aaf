using System.Text.Json.Serialization;
using Certrelay.Targets.Kubernetes;

namespace Certrelay.Targets.Alibaba;

/// <summary>What is read of an AlbConfig, the resource by which a cluster sets up a load balancer: <c>alibabacloud.com/v1</c>, cluster-scoped.</summary>
/// <remarks>https://help.aliyun.com/zh/ack/ack-managed-and-ack-dedicated/user-guide/alb-ingress-configuration-dictionary</remarks>
internal sealed record AlbConfigObject(ObjectMeta? Metadata, AlbConfigSpec? Spec);

internal sealed record AlbConfigSpec(IReadOnlyList<AlbConfigListener>? Listeners);

internal sealed record AlbConfigListener(int? Port, string? Protocol, IReadOnlyList<AlbConfigCertificate>? Certificates);

internal sealed record AlbConfigCertificate([property: JsonPropertyName("CertificateId")] string? Id, [property: JsonPropertyName("IsDefault")] bool? IsDefault);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AlbConfigObject))]
internal sealed partial class AlbConfigJson : JsonSerializerContext;
