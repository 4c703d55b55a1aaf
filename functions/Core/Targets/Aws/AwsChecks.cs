using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Aws;

/// <summary>One small read a kind, which shows whether the account may do what the kind needs.</summary>
internal static class AwsChecks
{
    /// <summary>Looks into the store of the account's region.</summary>
    public static async Task StoreAsync(CloudSession session, CancellationToken cancellationToken)
    {
        await foreach (var _ in AcmStore.Open(session, region: null).ListAsync(cancellationToken))
            return;
    }

    /// <summary>Looks for one Classic Load Balancer in the account's region.</summary>
    public static Task BalancersAsync(CloudSession session, CancellationToken cancellationToken)
    {
        var api = new AwsApi(session);
        return api.BalancingAsync(AwsActions.DescribeLoadBalancers, api.HomeRegion, [new CloudField("PageSize", "1")], "", cancellationToken);
    }

    /// <summary>Looks for one distribution.</summary>
    public static async Task DistributionsAsync(CloudSession session, CancellationToken cancellationToken)
    {
        using var answer = await new AwsApi(session).CloudFrontAsync(AwsActions.ListDistributions, "GET", [], [new CloudField("MaxItems", "1")], "", cancellationToken);
    }
}
