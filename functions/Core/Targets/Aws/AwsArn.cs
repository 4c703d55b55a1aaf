using System.Diagnostics.CodeAnalysis;

namespace Certrelay.Targets.Aws;

/// <summary>The name of a resource at AWS: <c>arn:partition:service:region:account:resource</c>.</summary>
internal sealed record AwsArn(string Text, string Partition, string Service, string Region, string Resource)
{
    /// <summary>Reads one; false for anything else.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AwsArn? arn)
    {
        arn = text.Split(':', 6) is ["arn", { Length: > 0 } partition, { Length: > 0 } service, var region, { Length: 12 } account, { Length: > 0 } resource]
            && account.All(char.IsAsciiDigit) && text.Length <= 2048 && text.All(static one => one is > ' ' and < '\x7f')
            ? new AwsArn(text, partition, service, region, resource)
            : null;
        return arn is not null;
    }

    public override string ToString() => Text;
}
