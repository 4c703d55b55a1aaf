using System.ComponentModel;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Certrelay.Dns;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Kubernetes;
using Certrelay.Targets.Signing;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Targets.Alibaba;

/// <summary>How a target names a cluster of ACK.</summary>
public abstract record AckSettings : ICloudSettings
{
    [JsonPropertyOrder(-1)]
    [Description("The account whose credentials are used; its user needs a role in the cluster too.")]
    [ResourceName]
    public required string Account { get; init; }

    [JsonPropertyOrder(-1)]
    [Description("The region of the cluster, such as cn-hangzhou; the account's when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [JsonPropertyOrder(-1)]
    [Description("The id of the cluster: c905….")]
    [ResourceName]
    public required string Cluster { get; init; }

    [JsonPropertyOrder(-1)]
    [Description("True: the cluster's API is called at its private address, which Outgoing:Allow has to name. Otherwise at its public one.")]
    public bool PrivateEndpoint { get; init; }
}

/// <summary>The way into a cluster of ACK: a kubeconfig of the account's user, for the shortest time that the vendor gives one, kept only while this work is done.</summary>
/// <remarks>CS API 2015-12-15: https://help.aliyun.com/zh/ack/ack-managed-and-ack-dedicated/developer-reference/api-cs-2015-12-15-describeclusteruserkubeconfig</remarks>
internal static class AckCluster
{
    // The vendor's shortest.
    private const int Minutes = 15;

    /// <summary>One harmless read, for the check of an account.</summary>
    public static Task CheckAsync(CloudSession session, CancellationToken cancellationToken)
    {
        var api = new AlibabaApi(session);
        return api.CallAsync(
            AlibabaActions.DescribeClusters, "GET", ["api", "v1", "clusters"], [new("page_size", "1"), new("page_number", "1")], null, AlibabaApi.Nothing, "clusters", cancellationToken,
            session.Account.Region ?? api.StoreRegion);
    }

    /// <summary>The cluster's API; the kubeconfig is asked for at its first call.</summary>
    public static ClusterApi Open(AckSettings settings, TargetContext context)
    {
        var api = new AlibabaApi(context.Cloud);
        var region = api.Region(settings.Region);
        return new ClusterApi(context.Cloud, settings.Cluster, async cancellationToken => new ClusterConnection(
            $"k8s.{settings.Cluster}", await KubeconfigAsync(api, settings, region, cancellationToken), context.Services.GetRequiredService<GuardedConnection>(),
            context.Services.GetRequiredService<CloudOptions>(), context.Services.GetRequiredService<TimeProvider>()));
    }

    private static Task<Kubeconfig> KubeconfigAsync(AlibabaApi api, AckSettings settings, string region, CancellationToken cancellationToken) => api.CallAsync(
        AlibabaActions.DescribeClusterUserKubeconfig, "GET", ["k8s", settings.Cluster, "user_config"],
        (IReadOnlyList<CloudField>)[new("PrivateIpAddress", settings.PrivateEndpoint ? "true" : "false"), new("TemporaryDurationMinutes", $"{Minutes}")], null,
        static answer =>
        {
            var text = answer.Utf8("config") ?? throw CloudAnswer.Unreadable("config");
            try
            {
                return Kubeconfig.Read(text);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(text);
            }
        },
        settings.Cluster, cancellationToken, region);
}
