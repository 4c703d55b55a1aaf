using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Tencent;

/// <summary>Settings of the kind <c>tencent-cdn</c>.</summary>
public sealed record TencentCdnSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The accelerated domains; empty with match: covered.")]
    public IReadOnlyList<string> Domains { get; init; } = [];

    [Description("listed: the domains named here. covered: every domain of the account that the certificate covers; HTTPS is turned on where it is off.")]
    public DomainMatch Match { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, Match);
}

/// <summary>Binds a certificate of the store to CDN domains, one configuration call each, and waits until the edge has it.</summary>
/// <remarks>CDN API 2018-06-06: https://cloud.tencent.com/document/api/228/41116</remarks>
internal sealed partial class TencentCdnTarget : IDeployTarget
{
    // Both limits are the vendor's.
    private const int NamesPerFilter = 5;
    private const int Page = 100;

    // Above, reading all of the account takes fewer calls.
    private const int MostFiltered = 50;

    private readonly TencentCdnSettings _settings;
    private readonly IReadOnlyList<string> _names;
    private readonly TencentApi _api;
    private readonly TencentCertificates _store;
    private readonly TencentBinder _binder;

    private TencentCdnTarget(TencentCdnSettings settings, TencentApi api, IReadOnlyList<string> names)
    {
        (_settings, _names, _api, _store) = (settings, names, api, new TencentCertificates(api, "cdn"));
        _binder = new TencentBinder(api, _store, ReadDomainsAsync, TimeSpan.FromSeconds(5));
    }

    public static TargetKind Kind { get; } = TargetKind.Of<TencentCdnSettings>(
        "tencent-cdn", "Tencent Cloud CDN domains", TimeSpan.FromMinutes(30),
        static (settings, context) => new TencentCdnTarget(settings, new TencentApi(context.Cloud), context.Names)) with
    {
        Cloud = new CloudKind(
            CloudVendor.Tencent,
            [.. TencentActions.Store, TencentActions.DescribeDomainsConfig, TencentActions.UpdateDomainConfig],
            "SSL 2019-12-05, CDN 2018-06-06",
            new DateOnly(2026, 11, 22),
            "DescribeDomainsConfig until SslStatus is deployed and CertInfo names the certificate.")
        {
            Survey = new CloudSurvey(
                [TencentActions.DescribeDomainsConfig, TencentActions.DescribeCertificateDetail],
                static (context, _, cancellationToken) => new TencentCdnTarget(new TencentCdnSettings { Account = context.Cloud.Account.Name }, new TencentApi(context.Cloud), []).FindAsync(cancellationToken)),
            Check = static (session, cancellationToken) => new TencentApi(session).CallAsync(
                TencentActions.DescribeDomainsConfig, new JsonObject { ["Offset"] = 0, ["Limit"] = 1 }, TencentCdnJson.Default.TencentAnswerDomainsAnswer, "", cancellationToken),
            Gaps =
            [
                "Domains that have moved to EdgeOne: use tencent-edgeone.",
                "A certificate that was given to CDN itself instead of the store cannot be bound again by a restore: put it into the store first.",
                "Two certificates on one domain (SM2): bind them in the console.",
            ],
        },
    };

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        if (_settings.Match == DomainMatch.Listed)
            return await _binder.ReadAsync(_settings.Domains, cancellationToken);
        var all = await ReadDomainsAsync([], cancellationToken);
        return await _binder.ReadAsync([.. all.Where(domain => domain.Refusal is null && ListedDomains.MayServe(_names, domain.Id))], [], cancellationToken);
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken)
    {
        IReadOnlyCollection<string> domains = _settings.Domains;
        if (job is null && _settings.Match == DomainMatch.Covered)
        {
            var all = await ReadDomainsAsync([], cancellationToken);
            domains = [.. all.Where(domain => domain.Refusal is null && certificate.Serves(domain.Id)).Select(static domain => domain.Id)];
            if (domains.Count == 0)
                throw new Permanent(FindingCodes.CloudNotFound.Code, "The certificate covers no CDN domain of the account.");
        }

        return await _binder.DeployAsync(certificate, domains, job, cancellationToken);
    }

    public Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) =>
        _binder.RestoreAsync(previous, job, cancellationToken, _settings.Match == DomainMatch.Covered ? IsOursAsync : null);

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => _store.RetireAsync(certificate, cancellationToken);

    private async IAsyncEnumerable<FoundBinding> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var domain in await ReadDomainsAsync([], cancellationToken))
        {
            if (domain.Bound is { } bound)
                yield return new FoundBinding(domain.Id, _settings with { Domains = [domain.Id] }, bound, await _store.LeafAsync(bound, cancellationToken)) { Name = domain.Id };
        }
    }

    // The state of a target that follows every covered domain tells of all domains of the account: what others changed meanwhile is theirs.
    private async Task<bool> IsOursAsync(TencentResource domain, CancellationToken cancellationToken) =>
        domain.Bound is { } bound && await _store.IsOursAsync(bound, cancellationToken);

    /// <summary>The named domains, or all of the account.</summary>
    private async Task<IReadOnlyList<TencentResource>> ReadDomainsAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        if (names.Count == 0)
            return await PagesAsync(null, cancellationToken);
        if (names.Count > MostFiltered)
            return [.. (await PagesAsync(null, cancellationToken)).Where(domain => names.Contains(domain.Id))];
        var found = new List<TencentResource>();
        foreach (var some in names.Chunk(NamesPerFilter))
            found.AddRange(await PagesAsync(new JsonObject { ["Name"] = "domain", ["Value"] = new JsonArray([.. some.Select(static name => (JsonNode)name)]) }, cancellationToken));
        return found;
    }

    private async Task<IReadOnlyList<TencentResource>> PagesAsync(JsonObject? filter, CancellationToken cancellationToken)
    {
        var found = new List<TencentResource>();
        while (true)
        {
            var parameters = new JsonObject { ["Offset"] = found.Count, ["Limit"] = Page };
            if (filter is not null)
                parameters["Filters"] = new JsonArray(filter.DeepClone());
            var about = filter?["Value"]!.ToJsonString() ?? "";
            var answer = await _api.CallAsync(TencentActions.DescribeDomainsConfig, parameters, TencentCdnJson.Default.TencentAnswerDomainsAnswer, about, cancellationToken);
            found.AddRange((answer.Domains ?? []).Select(Resource));
            if (answer.Domains is not { Count: > 0 } || found.Count >= answer.TotalNumber)
                return found;
        }
    }

    private TencentResource Resource(DomainRow row)
    {
        var https = row.Https;
        var isOn = Text(https, "Switch") == "on";
        var bound = isOn && Text(https?["CertInfo"], "CertId") is { Length: > 0 } id ? id : null;
        var status = Text(https, "SslStatus");
        return new TencentResource(row.Domain, bound, (wanted, cancellationToken) => UpdateAsync(row.Domain, https, bound, wanted, cancellationToken))
        {
            Settling = status == "deploying" || row.Status == "processing",
            Failure = status == "failed" ? "The vendor says that the deployment failed (SslStatus)." : null,
            // With HTTPS off, off is what a restore brings back.
            Restorable = bound is not null || !isOn,
            Refusal = row.Status is "online" or "processing" or null ? null : $"The domain is {row.Status}.",
        };
    }

    /// <summary>The whole of <c>Https</c> goes back as read: the vendor replaces it as a unit.</summary>
    private async Task<string> UpdateAsync(string domain, JsonObject? read, string? bound, string wanted, CancellationToken cancellationToken)
    {
        var https = new JsonObject(read?.Where(static part => part.Value is not null).Select(static part => KeyValuePair.Create(part.Key, part.Value?.DeepClone())) ?? []);
        https.Remove("SslStatus");
        https.Remove("CertInfo");
        https["Switch"] = wanted.Length > 0 ? "on" : "off";
        if (wanted.Length > 0)
            https["CertInfo"] = new JsonObject { ["CertId"] = wanted };
        var what = wanted.Length == 0 ? "turns HTTPS off" : bound is null ? "turns HTTPS on with the certificate" : "binds the certificate";
        await _api.CallAsync(
            TencentActions.UpdateDomainConfig, new JsonObject { ["Domain"] = domain, ["Https"] = https }, TencentCdnJson.Default.TencentAnswerUpdateAnswer, domain, cancellationToken,
            write: new CloudWrite($"{what}: {domain}", bound, TencentApi.Placeholder));
        return "";
    }

    private static string? Text(JsonNode? node, string name) =>
        node is JsonObject inner && inner[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private sealed record DomainsAnswer(int TotalNumber, IReadOnlyList<DomainRow>? Domains);

    private sealed record DomainRow(string Domain, string? Status, JsonObject? Https);

    private sealed record UpdateAnswer(string? RequestId);

    [JsonSerializable(typeof(TencentAnswer<DomainsAnswer>))]
    [JsonSerializable(typeof(TencentAnswer<UpdateAnswer>))]
    private sealed partial class TencentCdnJson : JsonSerializerContext;
}
