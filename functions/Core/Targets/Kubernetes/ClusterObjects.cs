using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.Targets.Kubernetes;

internal sealed record ObjectMeta(string? Uid, string? ResourceVersion, IReadOnlyDictionary<string, string>? Labels, IReadOnlyList<FieldOwner>? ManagedFields);

/// <summary>Who set which fields of an object, and how: <c>Apply</c> by declaring them, <c>Update</c> by any other write.</summary>
/// <remarks>https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management</remarks>
internal sealed record FieldOwner(string? Manager, string? Operation, JsonElement FieldsV1)
{
    /// <summary>True for a field by its path: <c>f:spec</c>, <c>f:tls</c>; a part of it counts too.</summary>
    public bool Owns(params ReadOnlySpan<string> path)
    {
        var found = FieldsV1;
        foreach (var part in path)
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(part, out found))
                return false;
        }

        return true;
    }
}

/// <summary>A Secret without its key, which is not read out of the answer.</summary>
internal sealed record SecretObject(ObjectMeta? Metadata, string? Type, SecretFields? Data);

internal sealed record SecretFields([property: JsonPropertyName("tls.crt")] byte[]? Chain);

internal sealed record IngressObject(ObjectMeta? Metadata, IngressSpec? Spec);

internal sealed record IngressSpec(IReadOnlyList<IngressTls>? Tls);

internal sealed record IngressTls(IReadOnlyList<string>? Hosts, string? SecretName);

internal sealed record IngressItems(IReadOnlyList<IngressObject>? Items);

internal sealed record ClusterStatus(string? Reason, string? Message, StatusDetails? Details);

internal sealed record StatusDetails(IReadOnlyList<StatusCause>? Causes);

internal sealed record StatusCause(string? Reason, string? Message, string? Field);

/// <summary>One step of a JSON patch (RFC 6902).</summary>
internal sealed record PatchStep(string Op, string Path, string Value);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SecretObject))]
[JsonSerializable(typeof(IngressObject))]
[JsonSerializable(typeof(IngressItems))]
[JsonSerializable(typeof(ClusterStatus))]
[JsonSerializable(typeof(IReadOnlyList<PatchStep>))]
internal sealed partial class ClusterJson : JsonSerializerContext;
