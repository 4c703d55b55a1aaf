using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Tencent;

/// <summary>A listener of a load balancer.</summary>
internal readonly record struct TencentListener(string Region, string LoadBalancer, string Id)
{
    /// <summary>As states and jobs name it.</summary>
    public override string ToString() => $"{LoadBalancer}|{Id}";
}

/// <summary>Certificates of CLB listeners: on the listener itself, or on each domain of its rules where SNI is on.</summary>
/// <remarks>CLB API 2018-03-17: https://cloud.tencent.com/document/api/214/30684</remarks>
internal sealed partial class TencentListeners(TencentApi api, TencentCertificates store)
{
    private const string Mutual = "MUTUAL";
    private const int Page = 100;
    private const int Done = 0;
    private const int Running = 2;

    /// <summary>The places of one listener: itself, or with SNI each domain of its rules. Throws as the session does, also for a listener that does not exist.</summary>
    public async Task<IReadOnlyList<TencentResource>> ReadAsync(TencentListener listener, CancellationToken cancellationToken)
    {
        var answer = await api.CallAsync(
            TencentActions.DescribeListeners,
            new JsonObject { ["LoadBalancerId"] = listener.LoadBalancer, ["ListenerIds"] = new JsonArray(listener.Id) },
            TencentListenersJson.Default.TencentAnswerListenersAnswer,
            listener.ToString(),
            cancellationToken,
            listener.Region);
        var row = answer.Listeners?.FirstOrDefault(one => one.ListenerId == listener.Id)
            ?? throw new Permanent(FindingCodes.CloudNotFound.Code, $"{listener}: {FindingCodes.CloudNotFound.Meaning}");
        return Places(listener, row);
    }

    /// <summary>The places of every listener with TLS in a region, each with its load balancer's host or address (null where it has none yet) and its port.</summary>
    public async IAsyncEnumerable<(TencentResource Place, string? Host, int Port)> AllAsync(string region, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var offset = 0; ;)
        {
            var page = await api.CallAsync(
                TencentActions.DescribeLoadBalancers, new JsonObject { ["Offset"] = offset, ["Limit"] = Page }, TencentListenersJson.Default.TencentAnswerBalancersAnswer, "",
                cancellationToken, region);
            foreach (var balancer in page.LoadBalancerSet ?? [])
            {
                var listeners = await api.CallAsync(
                    TencentActions.DescribeListeners, new JsonObject { ["LoadBalancerId"] = balancer.LoadBalancerId }, TencentListenersJson.Default.TencentAnswerListenersAnswer,
                    balancer.LoadBalancerId, cancellationToken, region);
                var address = balancer.LoadBalancerVips is [var first, ..] ? first : null;
                foreach (var row in listeners.Listeners ?? [])
                {
                    foreach (var place in Places(new TencentListener(region, balancer.LoadBalancerId, row.ListenerId), row))
                        yield return (place, balancer.LoadBalancerDomain is { Length: > 0 } host ? host : address, row.Port);
                }
            }

            offset += page.LoadBalancerSet?.Count ?? 0;
            if (page.LoadBalancerSet is not { Count: > 0 } || offset >= page.TotalCount)
                yield break;
        }
    }

    private IReadOnlyList<TencentResource> Places(TencentListener listener, ListenerRow row)
    {
        if (row.SniSwitch != 1)
        {
            var refusal = row.Protocol is "HTTPS" or "TCP_SSL" or "QUIC" ? null : $"A listener of {row.Protocol} has no certificate.";
            return [Resource(listener, null, row.Certificate) with { Refusal = refusal }];
        }

        // Several rules may share a domain, and its certificate with it.
        return
        [
            .. (row.Rules ?? []).SelectMany(static rule => (rule.Domains is { Count: > 0 } all ? all : [rule.Domain ?? ""]).Select(domain => (Domain: domain, rule.Certificate)))
                .Where(static rule => rule.Domain.Length > 0)
                .DistinctBy(static rule => rule.Domain)
                .Select(rule => Resource(listener, rule.Domain, rule.Certificate)),
        ];
    }

    private TencentResource Resource(TencentListener listener, string? domain, CertificateRow? current)
    {
        string[] ids = current?.CertId is { Length: > 0 } first ? [first, .. current.ExtCertIds ?? []] : [];
        return new TencentResource(
            domain is null ? listener.ToString() : $"{listener}|{domain}",
            ids.Length == 0 ? null : string.Join(',', ids),
            (wanted, cancellationToken) => ModifyAsync(listener, domain, current, wanted, cancellationToken))
        {
            // While one change is on its way the vendor refuses another one of the same load balancer.
            Group = listener.LoadBalancer,
            Restorable = ids.Length > 0,
            TaskAsync = (task, cancellationToken) => TaskAsync(listener, task, cancellationToken),
            MergeAsync = ids.Length > 1 ? (id, leaf, cancellationToken) => MergeAsync(ids, id, leaf, cancellationToken) : null,
        };
    }

    /// <summary>The new certificate in the place of the one with a key of its type; the vendor takes no two of one type.</summary>
    private async Task<string> MergeAsync(string[] ids, string id, CertificateRecord leaf, CancellationToken cancellationToken)
    {
        for (var at = 0; at < ids.Length; at++)
        {
            if (await store.LeafAsync(ids[at], cancellationToken) is { } other && TypeOf(other) == TypeOf(leaf))
                return string.Join(',', ids.Select((one, index) => index == at ? id : one));
        }

        throw new Permanent(FindingCodes.TargetKeyType.Code, $"The listener has {ids.Length} certificates, and none of them with the key type of the new one.");
    }

    private static string TypeOf(CertificateRecord leaf) => leaf.PublicKey.Algorithm switch
    {
        KeyAlgorithm.Rsa => "RSA",
        KeyAlgorithm.Sm2 => "SM2",
        _ => "ECC",
    };

    /// <summary>Sends back what was read beside the new ids: what is left out is as if it had never been set.</summary>
    private async Task<string> ModifyAsync(TencentListener listener, string? domain, CertificateRow? current, string wanted, CancellationToken cancellationToken)
    {
        var isMutual = current?.SSLMode == Mutual;
        var part = new JsonObject { ["SSLMode"] = current?.SSLMode ?? "UNIDIRECTIONAL" };
        if (isMutual && current!.SSLVerifyClient is { } verify)
            part["SSLVerifyClient"] = verify;
        var parameters = new JsonObject { ["LoadBalancerId"] = listener.LoadBalancer, ["ListenerId"] = listener.Id };
        if (wanted.Contains(',', StringComparison.Ordinal))
        {
            // The authority of the clients' certificates goes in the list with the others here.
            var all = isMutual && current!.CertCaId is { } inList ? wanted.Split(',').Append(inList) : wanted.Split(',');
            part["CertList"] = new JsonArray([.. all.Select(static id => new JsonObject { ["CertId"] = id })]);
            parameters["MultiCertInfo"] = part;
        }
        else
        {
            part["CertId"] = wanted;
            if (isMutual && current!.CertCaId is { } authority)
                part["CertCaId"] = authority;
            parameters["Certificate"] = part;
        }

        if (domain is not null)
            parameters["Domain"] = domain;
        var name = domain is null ? listener.ToString() : $"{listener}|{domain}";
        var write = new CloudWrite(
            $"binds the certificate to {name}",
            current?.CertId,
            static () => CloudAnswer.Of(200, """{"Response":{"RequestId":"planned-task"}}"""));
        var answer = await api.CallAsync(
            domain is null ? TencentActions.ModifyListener : TencentActions.ModifyDomainAttributes, parameters, TencentListenersJson.Default.TencentAnswerTaskAnswer,
            name, cancellationToken, listener.Region, write);
        return answer.RequestId;
    }

    private async Task<(bool Running, string? Fault)> TaskAsync(TencentListener listener, string task, CancellationToken cancellationToken)
    {
        var answer = await api.CallAsync(
            TencentActions.DescribeTaskStatus, new JsonObject { ["TaskId"] = task }, TencentListenersJson.Default.TencentAnswerStatusAnswer, listener.ToString(), cancellationToken,
            listener.Region);
        return (answer.Status == Running, answer.Status is Running or Done ? null : $"The change failed at the vendor. {VendorWords.Clean(answer.Message ?? "")}".TrimEnd());
    }

    private sealed record ListenersAnswer(IReadOnlyList<ListenerRow>? Listeners);

    private sealed record BalancersAnswer(int TotalCount, IReadOnlyList<BalancerRow>? LoadBalancerSet);

    private sealed record BalancerRow(string LoadBalancerId, string? LoadBalancerDomain, IReadOnlyList<string>? LoadBalancerVips);

    private sealed record ListenerRow(string ListenerId, string? Protocol, int Port, int SniSwitch, CertificateRow? Certificate, IReadOnlyList<RuleRow>? Rules);

    private sealed record RuleRow(string? Domain, IReadOnlyList<string>? Domains, CertificateRow? Certificate);

    private sealed record CertificateRow(string? SSLMode, string? SSLVerifyClient, string? CertId, string? CertCaId, IReadOnlyList<string>? ExtCertIds);

    private sealed record TaskAnswer(string RequestId);

    private sealed record StatusAnswer(int Status, string? Message);

    [JsonSerializable(typeof(TencentAnswer<BalancersAnswer>))]
    [JsonSerializable(typeof(TencentAnswer<ListenersAnswer>))]
    [JsonSerializable(typeof(TencentAnswer<TaskAnswer>))]
    [JsonSerializable(typeof(TencentAnswer<StatusAnswer>))]
    private sealed partial class TencentListenersJson : JsonSerializerContext;
}
