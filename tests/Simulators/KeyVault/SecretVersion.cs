using System.Text.Json.Nodes;

namespace Certrelay.Simulators.KeyVault;

/// <summary>One version of a secret as the vault holds it.</summary>
internal sealed class SecretVersion(string id, string value, DateTimeOffset now)
{
    public string Id { get; } = id;

    public string Value { get; } = value;

    public string? ContentType { get; set; }

    public JsonObject? Tags { get; set; }

    public bool Enabled { get; set; } = true;

    // Times of the real one are whole seconds.
    public long Created { get; } = now.ToUnixTimeSeconds();

    public long Updated { get; set; } = now.ToUnixTimeSeconds();
}

/// <summary>A secret with its versions, oldest first.</summary>
internal sealed class NamedSecret(string name)
{
    public string Name { get; } = name;

    public List<SecretVersion> Versions { get; } = [];

    /// <summary>When it was deleted; null while it is in use.</summary>
    public DateTimeOffset? Deleted { get; set; }

    /// <summary>How many more calls find the secret between two states, as the real one's later reads do.</summary>
    public int Settling { get; set; }
}
