using System.Text.Json.Serialization;

namespace Certrelay.Records;

/// <summary>What a token is for; which permissions a role has is decided at the HTTP edge.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Role>))]
public enum Role
{
    /// <summary>Sees certificates, targets, rollouts and the status.</summary>
    [JsonStringEnumMemberName("viewer")] Viewer,

    /// <summary>Keeps the inventory: certificates and targets.</summary>
    [JsonStringEnumMemberName("operator")] Operator,

    /// <summary>Starts and steers rollouts.</summary>
    [JsonStringEnumMemberName("deployer")] Deployer,

    /// <summary>Takes private keys out.</summary>
    [JsonStringEnumMemberName("exporter")] Exporter,

    /// <summary>Reads and verifies the audit trail.</summary>
    [JsonStringEnumMemberName("auditor")] Auditor,

    /// <summary>May do everything.</summary>
    [JsonStringEnumMemberName("admin")] Admin,
}
