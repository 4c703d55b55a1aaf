namespace Certrelay.Simulators.Alibaba;

/// <summary>A key that the vendor knows; one with a token is temporary.</summary>
public sealed record AlibabaCredentials(string AccessKeyId, string AccessKeySecret, string? SecurityToken = null)
{
    /// <summary>The one that is there from the start.</summary>
    public static AlibabaCredentials Example { get; } = new("LTAIEXAMPLEEXAMPLE000000", "EXAMPLEaccessKeySecretNOTREAL01");

    /// <summary>From when the vendor refuses the token; null: never.</summary>
    public DateTimeOffset? Expires { get; init; }
}
