using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Huawei;

/// <summary>A certificate as the firewall's store shows it; its private key, which the vendor may send along, is not read.</summary>
internal sealed record WafCertificate(string Id, string? Name, long? ExpireTime, string? Content)
{
    [JsonIgnore]
    public CertificateRecord? Leaf => PemLeaf.Of(Content);

    [JsonIgnore]
    public DateTimeOffset? NotAfter => ExpireTime is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
}

/// <summary>The firewall's own certificates (WAF v1) of one region.</summary>
/// <remarks>https://support.huaweicloud.com/intl/en-us/api-waf/topic_300000005.html. A list shows certificates in use, or those that are not: both are read.</remarks>
internal sealed partial class WafStore(HuaweiApi api, string region) : ICertificateStore
{
    private const int PageSize = 100;

    /// <summary>The actions that a kind with this store calls.</summary>
    public static IReadOnlyList<CloudAction> Actions { get; } = [HuaweiActions.WafList, HuaweiActions.WafShow, HuaweiActions.WafCreate, HuaweiActions.WafDelete];

    /// <summary>The store of a region, by default of the account's.</summary>
    public static WafStore Open(CloudSession session, string? region)
    {
        var api = new HuaweiApi(session);
        return new WafStore(api, api.Region(region));
    }

    public string Id => $"waf.{region}";

    // 256 by the current page, 64 by older ones.
    public int LongestName => 64;

    public async Task<StoredUpload?> FindAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        var end = CertificateRecord.Parse(certificate.Leaf).NotAfter;
        await foreach (var upload in ListAsync(cancellationToken))
        {
            // A minute aside, because the vendor may round.
            if (upload.NotAfter is { } own && (own - end).Duration() > TimeSpan.FromMinutes(1))
                continue;
            if ((await ShowAsync(upload.Id, cancellationToken)).Leaf?.Fingerprint == certificate.Fingerprint)
                return upload with { Fingerprint = certificate.Fingerprint };
        }

        return null;
    }

    public async Task<string> UploadAsync(CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        var key = certificate.PrivateKeyPem();
        try
        {
            var chain = certificate.FullChainPem();
            var call = await CallAsync(HuaweiActions.WafCreate, "POST", [], cancellationToken) with
            {
                Resource = name,
                Content = HuaweiCall.Json(chain.Length + key.Length, writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", name);
                    writer.WriteString("content", chain);
                    writer.WriteString("key", key);
                    writer.WriteEndObject();
                }),
                Write = new CloudWrite($"Create the certificate {name}.", null, static () => CloudAnswer.Of(200, $$"""{"id":"{{CloudPlan.PlaceholderId}}waf"}""")),
            };
            return (await api.ReadAsync(call, WafJson.Default.WafCertificate, cancellationToken)).Id;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Applies a certificate to websites.</summary>
    public async Task ApplyAsync(
        string id, IReadOnlyList<string> cloudHosts, IReadOnlyList<string> premiumHosts, string names, string? replaces, CancellationToken cancellationToken) =>
        await api.WriteAsync(
            await CallAsync(HuaweiActions.WafApply, "POST", [id, "apply-to-hosts"], cancellationToken) with
            {
                Resource = names,
                Content = Signing.CloudContent.Json(
                    "application/json", new Application(cloudHosts.Count == 0 ? null : cloudHosts, premiumHosts.Count == 0 ? null : premiumHosts), WafJson.Default.Application),
                Write = new CloudWrite($"Apply {id} to {names}.", replaces, static () => CloudAnswer.Of(200, "{}")),
            },
            cancellationToken);

    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        // What the vendor answers for one in use is not documented: it is asked first.
        if (await IsUsedAsync(id, cancellationToken))
            return false;
        return await api.RemoveAsync(
            await CallAsync(HuaweiActions.WafDelete, "DELETE", [id], cancellationToken) with
            {
                Resource = id,
                Write = new CloudWrite($"Remove the certificate {id}.", id, static () => CloudAnswer.Of(200, "{}")),
            },
            cancellationToken);
    }

    /// <summary>One certificate; throws <see cref="Permanent"/> (<c>cloud.not-found</c>).</summary>
    public async Task<WafCertificate> ShowAsync(string id, CancellationToken cancellationToken) =>
        await api.ReadAsync(await CallAsync(HuaweiActions.WafShow, "GET", [id], cancellationToken), WafJson.Default.WafCertificate, cancellationToken);

    public async IAsyncEnumerable<StoredUpload> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var used in (bool[])[true, false])
        {
            await foreach (var one in ListAsync(used, cancellationToken))
                yield return new StoredUpload(one.Id, one.Name ?? "", Fingerprint: null, [], one.NotAfter);
        }
    }

    private async Task<bool> IsUsedAsync(string id, CancellationToken cancellationToken) =>
        await ListAsync(used: true, cancellationToken).AnyAsync(one => one.Id == id, cancellationToken);

    private async IAsyncEnumerable<WafCertificate> ListAsync(bool used, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var page = 1; ; page++)
        {
            var call = await CallAsync(HuaweiActions.WafList, "GET", [], cancellationToken) with
            {
                Query = [new("page", $"{page}"), new("pagesize", $"{PageSize}"), new("host", used ? "true" : "false")],
            };
            var items = (await api.ReadAsync(call, WafJson.Default.CertificateList, cancellationToken)).Items ?? [];
            foreach (var one in items)
                yield return one;
            if (items.Count < PageSize)
                yield break;
        }
    }

    private async Task<HuaweiCall> CallAsync(CloudAction action, string method, IReadOnlyList<string> path, CancellationToken cancellationToken)
    {
        var project = await api.ProjectAsync(region, cancellationToken);
        return new HuaweiCall(action, method, "waf", region, ["v1", project.Value, "waf", "certificate", .. path]) { Scope = project };
    }

    private sealed record CertificateList(IReadOnlyList<WafCertificate>? Items);

    private sealed record Application(IReadOnlyList<string>? CloudHostIds, IReadOnlyList<string>? PremiumHostIds);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(WafCertificate))]
    [JsonSerializable(typeof(CertificateList))]
    [JsonSerializable(typeof(Application))]
    private sealed partial class WafJson : JsonSerializerContext;
}
