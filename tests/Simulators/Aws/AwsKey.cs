namespace Certrelay.Simulators.Aws;

/// <summary>An access key that the simulator knows; a China one is a stranger to the other partition, and the reverse.</summary>
/// <param name="SessionToken">The token of a temporary key; null for a lasting one.</param>
public sealed record AwsKey(string AccessKeyId, string SecretAccessKey, string? SessionToken = null, string Partition = "aws")
{
    // The examples of the vendor's documentation and of the captures; none opens anything.
    public static readonly AwsKey Lasting = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

    public static readonly AwsKey Temporary = new(
        "ASIAIOSFODNN7EXAMPLE", "EXAMPLEKEY/tUtnFEMI/K7MDENG+bPxRfiCYEXAMPLE", "EXAMPLE//////////SESSION+TOKEN=not-real==");

    public static readonly AwsKey China = new("AKIAI44QH8DHBEXAMPLE", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY", Partition: "aws-cn");

    public override string ToString() => AccessKeyId;
}
