using System.Text.Json.Serialization.Metadata;

namespace Certrelay.Records;

/// <summary>A record of a fixed shape. Its <see cref="Schema"/> is written with it; a reader takes its own version and the one before, whose missing fields have defaults.</summary>
public interface IRecord<TSelf>
    where TSelf : IRecord<TSelf>
{
    static abstract JsonTypeInfo<TSelf> Json { get; }

    /// <summary>The version that this build writes.</summary>
    static virtual int CurrentSchema => 1;

    int Schema { get; }
}

/// <summary>A record as read, with the ETag that a later replace must still find.</summary>
public sealed record Stored<T>(RecordKey Key, T Value, string ETag);
