using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>The SM2 certificates of WAF 3.0 domains, which stand beside the ordinary ones.</summary>
/// <remarks>
/// Only ModifyDomain sets them, and it resets what is left out: everything of the listener and the origin goes back as it was read, the origin's addresses under the names that a
/// write has for them. https://help.aliyun.com/zh/waf/web-application-firewall-3-0/developer-reference/api-waf-openapi-2021-10-01-modifydomain
/// </remarks>
internal sealed class WafSmDomains(AlibabaWafSettings settings, AlibabaApi api, CasStore store) : IAlibabaProduct
{
    private static readonly string[] OfSm2 = ["SM2Enabled", "SM2CertId", "SM2AccessOnly"];

    // Read under two names each, of which one is out of use, and written under a third.
    private static readonly string[] OfOrigin = ["BackendList", "Backends", "BackUpBackendList", "BackupBackends"];

    public TimeSpan PollAfter => TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        var instance = settings.Instance ?? await AlibabaWafTarget.InstanceAsync(api, cancellationToken);
        if (instance is null)
            return [.. settings.Domains.Select(static domain => AlibabaWafTarget.WithoutInstance(TargetKeys.Sm2Of(domain)))];
        var resources = new List<AlibabaResource>();
        foreach (var domain in settings.Domains)
            resources.Add(await ReadAsync(instance, domain, cancellationToken));
        return resources;
    }

    public Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken) => Task.FromResult(id.Identifier);

    public async Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) => StoredLeaf.Of(await store.ShowAsync(resource.Bound!, cancellationToken));

    private async Task<AlibabaResource> ReadAsync(string instance, string domain, CancellationToken cancellationToken)
    {
        var id = TargetKeys.Sm2Of(domain);
        IReadOnlyList<CloudField> named = [new("InstanceId", instance), new("RegionId", api.StoreRegion), new("Domain", domain)];
        try
        {
            var now = await api.CallAsync(AlibabaActions.DescribeDomainDetail, named, Read, domain, cancellationToken);
            if (!now.HasHttps)
                return AlibabaWafTarget.WithoutHttps(id);
            return AlibabaResource.Of(id, now.Bound, (wanted, token) => api.CallAsync(
                AlibabaActions.ModifyDomain, [.. named, new("Listen", now.ListenWith(wanted)), new("Redirect", now.Redirect)], AlibabaApi.Nothing, domain, token,
                write: AlibabaApi.Write(
                    wanted.Length == 0 ? $"turns the SM2 certificate off: {domain}" : $"binds the SM2 certificate to {domain}; its RSA or ECDSA certificate and its other settings go back as they are", now.Bound))) with
            {
                CanBeEmpty = true,
                Settling = !now.IsNormal,
            };
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return AlibabaResource.Unfit(id, FindingCodes.CloudNotFound, fault.Message);
        }
    }

    private static Domain Read(JsonElement answer)
    {
        if (answer.At("Listen") is not { ValueKind: JsonValueKind.Object } listen || answer.At("Redirect") is not { ValueKind: JsonValueKind.Object } redirect)
            throw CloudAnswer.Unreadable("Listen, Redirect");
        return new Domain(
            listen.Text("CertId") is { Length: > 0 },
            listen.Text("SM2Enabled") == "true" && listen.Text("SM2CertId") is { Length: > 0 } bound ? bound : null,
            answer.Text("Status") is null or AlibabaWafTarget.Normal,
            Encoding.UTF8.GetString(JsonMembers.Of(listen, OfSm2)),
            // Whoever has let in SM2 clients alone goes on doing so; nobody else is shut out.
            listen.Text("SM2AccessOnly") == "true",
            $"{{{Encoding.UTF8.GetString(JsonMembers.Of(redirect, OfOrigin))}\"Backends\":{Addresses(redirect, "BackendList", "Backends")},\"BackupBackends\":{Addresses(redirect, "BackUpBackendList", "BackupBackends")}}}");
    }

    private static string Addresses(JsonElement redirect, string list, string former) => redirect.At(list) is { ValueKind: JsonValueKind.Array } addresses
        ? Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(addresses))
        : $"[{string.Join(',', redirect.List(former).Select(static one => JsonMembers.Text(one.Text("Backend") ?? throw CloudAnswer.Unreadable("Backend"))))}]";

    /// <summary>A domain as read.</summary>
    /// <param name="Listen">The members of the listener that have nothing to do with SM2, each with a comma behind it.</param>
    /// <param name="Redirect">The origin in the form of a write.</param>
    private sealed record Domain(bool HasHttps, string? Bound, bool IsNormal, string Listen, bool IsSm2Only, string Redirect)
    {
        public string ListenWith(string wanted) => wanted.Length == 0
            ? $"{{{Listen}\"SM2Enabled\":false}}"
            : $"{{{Listen}\"SM2Enabled\":true,\"SM2CertId\":{JsonMembers.Text(wanted)},\"SM2AccessOnly\":{(IsSm2Only ? "true" : "false")}}}";
    }
}
