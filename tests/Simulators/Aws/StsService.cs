using System.Xml.Linq;

namespace Certrelay.Simulators.Aws;

/// <summary>STS, API version 2011-06-15: who the caller is.</summary>
internal static class StsService
{
    public static AwsService Service { get; } = QueryActions.Service(
        "sts", "2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/", scope: null,
        new Dictionary<string, QueryAction>(StringComparer.Ordinal)
        {
            ["GetCallerIdentity"] = new(Writes: false, [], static call =>
            [
                new XElement("Arn", $"arn:{call.Call.Partition}:iam::{AwsCall.AccountId}:user/certrelay"),
                new XElement("UserId", "AIDACKCEVSQ6C2EXAMPLE"),
                new XElement("Account", AwsCall.AccountId),
            ]),
        });
}
