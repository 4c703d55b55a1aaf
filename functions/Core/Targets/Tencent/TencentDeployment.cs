using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Tencent;

/// <summary>One resource that the certificate store's jobs reach.</summary>
/// <param name="Instance">As a job names it: a domain, or <c>region|bucket|domain</c>.</param>
internal sealed record TencentInstance(string Instance, string Domain);

/// <summary>The deployment jobs of Tencent's certificate store, for products whose own API is not used here.</summary>
/// <param name="type">The store's word for the product: <c>teo</c>, <c>cos</c>, <c>live</c>, <c>vod</c>.</param>
/// <param name="region">The region of the resources, for types that have one.</param>
internal sealed partial class TencentDeployment(TencentApi api, string type, string? region, IReadOnlyList<TencentInstance> instances)
{
    private const int Page = 200;

    // No limit is documented; our own careful choice.
    private const int IdsAtOnce = 50;
    private const int Succeeded = 1;
    private const string Other = "other";
    private const string Looks = "looks";

    // Over an hour: by then a certificate is everywhere or will not get there.
    private const int LooksUntilGivenUp = 400;
    private const string Lost = "What was bound before is not known to the certificate store; bind it in the console.";

    /// <summary>What the kinds need whose resources are domains.</summary>
    public static CloudKind OfDomains { get; } = new CloudKind(
        CloudVendor.Tencent,
        [.. TencentActions.Store, .. TencentActions.Jobs],
        "SSL 2019-12-05",
        new DateOnly(2026, 11, 22),
        "DescribeHostDeployRecordDetail to the last record; what is bound is read with DescribeDeployedResources.")
    {
        Check = TencentCertificates.CheckAsync,
        Gaps =
        [
            "The account must have allowed the certificate store to deploy (service role SSL_QCSLinkedRoleInReplaceLoadCertificate): once, in the console.",
            "A domain that had no certificate of the store cannot be left without one by a restore: unbind it in the console.",
        ],
    };

    /// <summary>Finds the domains of a product that certificates of the store are bound to.</summary>
    public static CloudSurvey SurveyOf(string type) => new(
        [TencentActions.DescribeCertificates, TencentActions.DescribeDeployedResources, TencentActions.DescribeCertificateDetail],
        (context, _, cancellationToken) => FindAsync(context.Cloud.Account.Name, new TencentCertificates(new TencentApi(context.Cloud), type), type, cancellationToken));

    private static readonly TimeSpan PollAfter = TimeSpan.FromSeconds(5);

    private readonly TencentCertificates _store = new(api, type, region);

    public async Task<TargetReading> ReadAsync(CancellationToken cancellationToken)
    {
        var states = new List<ResourceState>();
        var bound = await BoundAsync(cancellationToken);
        foreach (var instance in instances)
        {
            var id = bound.GetValueOrDefault(instance.Instance);
            var leaf = id is null ? null : await _store.LeafAsync(id, cancellationToken);
            states.Add(new ResourceState(instance.Instance, leaf?.Fingerprint, leaf is not null) { Bound = id });
        }

        return new TargetReading(new TargetState(states), [], Backup: null);
    }

    public async Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken)
    {
        var uncovered = instances.Where(instance => !certificate.Serves(instance.Domain)).Select(static instance => instance.Domain).ToList();
        if (uncovered.Count > 0)
            throw new Permanent(FindingCodes.CloudCertificate.Code, $"The certificate does not cover {string.Join(", ", uncovered)}; the vendor makes no job for it.");
        if (job is not null && job.Details.GetValueOrDefault(Other) != "true")
            return await PollAsync(job, cancellationToken);
        if (job is not null && await ReadJobAsync(job.Id, cancellationToken) is null)
            return LookAgain(job);

        var id = await _store.FindOrUploadAsync(certificate, cancellationToken);
        try
        {
            return await BringAsync(instances.ToDictionary(static instance => instance.Instance, _ => id, StringComparer.Ordinal), cancellationToken);
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            if (await _store.ForgetAsync(certificate, id, cancellationToken))
                throw new Transient(FindingCodes.CloudNotFound.Code, $"The certificate {id} is no longer in the store; it is uploaded again.");
            throw;
        }
    }

    public async Task<DeployResult> RestoreAsync(TargetState previous, PendingJob? job, CancellationToken cancellationToken)
    {
        if (job is not null && job.Details.GetValueOrDefault(Other) != "true")
        {
            // A job takes one certificate; resources that had different ones come after each other.
            var polled = await PollAsync(job, cancellationToken);
            if (polled is not DeployResult.Bound(var ended) || ended.Any(static outcome => !outcome.Succeeded))
                return polled;
        }
        else if (job is not null && await ReadJobAsync(job.Id, cancellationToken) is null)
        {
            return LookAgain(job);
        }

        var known = previous.Resources.Where(static before => before is { Bound: not null, Restorable: true }).ToList();
        var result = await BringAsync(known.ToDictionary(static before => before.Id, static before => before.Bound!, StringComparer.Ordinal), cancellationToken);
        return result is DeployResult.Bound(var outcomes)
            ? DeployResult.Of([.. outcomes, .. previous.Resources.Except(known).Select(static before => Failed(before.Id, Lost))])
            : result;
    }

    public Task RetireAsync(string certificate, CancellationToken cancellationToken) => _store.RetireAsync(certificate, cancellationToken);

    private static ResourceOutcome Failed(string id, string words) => new(id, Succeeded: false, FindingCodes.TargetRefused.Code, words);

    private static async IAsyncEnumerable<FoundBinding> FindAsync(
        string account, TencentCertificates store, string type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var some in store.ListAsync(cancellationToken).Select(static one => one.Id).Chunk(IdsAtOnce).WithCancellation(cancellationToken))
        {
            foreach (var (id, domains) in await store.UsersAsync(some, type, cancellationToken))
            {
                foreach (var domain in domains)
                    yield return new FoundBinding(domain, new TencentDomainsSettings { Account = account, Domains = [domain] }, id, await store.LeafAsync(id, cancellationToken)) { Name = domain };
            }
        }
    }

    /// <summary>Starts the next job that is needed, or reports that none is.</summary>
    private async Task<DeployResult> BringAsync(IReadOnlyDictionary<string, string> wanted, CancellationToken cancellationToken)
    {
        var bound = await BoundAsync(cancellationToken);
        var missing = wanted.Where(one => bound.GetValueOrDefault(one.Key) != one.Value).ToList();
        while (missing.Count > 0)
        {
            var id = missing[0].Value;
            var some = missing.Where(one => one.Value == id).Select(static one => one.Key).ToList();
            if (await StartAsync(id, some, bound, cancellationToken) is { } started)
                return started;
            missing.RemoveAll(one => one.Value == id);
        }

        return DeployResult.Of([.. wanted.Keys.Select(static name => new ResourceOutcome(name, Succeeded: true))]);
    }

    /// <summary>The job's first answer; null in a plan.</summary>
    private async Task<DeployResult?> StartAsync(string id, List<string> names, IReadOnlyDictionary<string, string> bound, CancellationToken cancellationToken)
    {
        var parameters = new JsonObject
        {
            ["CertificateId"] = id,
            ["ResourceType"] = type,
            ["InstanceIdList"] = new JsonArray([.. names.Select(static name => (JsonNode)name)]),
            // For live streaming: HTTPS on. The vendor's client sends it for every type.
            ["Status"] = 1,
            // The store's own view of the resources would be up to half an hour old.
            ["IsCache"] = 0,
        };
        var about = string.Join(", ", names);
        var write = new CloudWrite(
            $"has the certificate store bind the certificate to {about} ({type})",
            names.Select(bound.GetValueOrDefault).FirstOrDefault(),
            static () => CloudAnswer.Of(200, """{"Response":{"DeployRecordId":0,"DeployStatus":1}}"""));
        try
        {
            var answer = await api.CallAsync(TencentActions.DeployCertificateInstance, parameters, TencentJobJson.Default.TencentAnswerStartAnswer, about, cancellationToken, region, write);
            if (api.Plans)
                return null;
            var details = names.ToDictionary(static name => $"want.{name}", _ => id, StringComparer.Ordinal);
            // Another job with this certificate and type runs: ours is made when that one is over.
            if (answer.DeployStatus == 0)
                details[Other] = "true";
            return DeployResult.Of(new PendingJob(answer.DeployRecordId.ToString(CultureInfo.InvariantCulture), details), PollAfter);
        }
        catch (Permanent refused) when (refused.Code == FindingCodes.CloudConflict.Code)
        {
            // The vendor makes no job for what has the certificate already; whether that is why, only a look tells.
            return await AfterRefusalAsync(id, names, refused, cancellationToken);
        }
    }

    private async Task<DeployResult> AfterRefusalAsync(string id, List<string> names, Permanent refused, CancellationToken cancellationToken)
    {
        var bound = await BoundAsync(cancellationToken);
        return DeployResult.Of([.. names.Select(name => bound.GetValueOrDefault(name) == id
            ? new ResourceOutcome(name, Succeeded: true)
            : new ResourceOutcome(name, Succeeded: false, refused.Code, refused.Message))]);
    }

    private async Task<DeployResult> PollAsync(PendingJob job, CancellationToken cancellationToken)
    {
        if (await ReadJobAsync(job.Id, cancellationToken) is not { } records)
            return LookAgain(job);
        var names = job.Details.Keys.Where(static name => name.StartsWith("want.", StringComparison.Ordinal)).Select(static name => name["want.".Length..]);
        return DeployResult.Of([.. names.Select(name => Outcome(name, records))]);
    }

    private static DeployResult LookAgain(PendingJob job)
    {
        var looks = int.Parse(job.Details.GetValueOrDefault(Looks) ?? "0", CultureInfo.InvariantCulture) + 1;
        if (looks > LooksUntilGivenUp)
            throw new Permanent(FindingCodes.CloudConflict.Code, $"The vendor does not finish the job {job.Id}.");
        var details = new Dictionary<string, string>(job.Details, StringComparer.Ordinal) { [Looks] = looks.ToString(CultureInfo.InvariantCulture) };
        return DeployResult.Of(job with { Details = details }, looks < 4 ? PollAfter : 2 * PollAfter);
    }

    private ResourceOutcome Outcome(string name, IReadOnlyList<RecordRow> records)
    {
        var domain = instances.FirstOrDefault(instance => instance.Instance == name)?.Domain ?? name;
        var own = records.FirstOrDefault(record => record.InstanceId == name || record.InstanceId == domain || record.Domains?.Contains(domain, StringComparer.Ordinal) == true);
        return own switch
        {
            { Status: Succeeded } => new ResourceOutcome(name, Succeeded: true),
            null => Failed(name, "The job holds no record of it."),
            _ => Failed(name, $"The job failed. {VendorWords.Clean(own.ErrorMsg ?? "")}".TrimEnd()),
        };
    }

    /// <summary>Every record of a job that is over; null while it runs. For a moment a new one has none, which is not an end.</summary>
    private async Task<IReadOnlyList<RecordRow>?> ReadJobAsync(string id, CancellationToken cancellationToken)
    {
        var records = new List<RecordRow>();
        while (true)
        {
            var answer = await api.CallAsync(
                TencentActions.DescribeHostDeployRecordDetail, new JsonObject { ["DeployRecordId"] = id, ["Offset"] = records.Count, ["Limit"] = Page },
                TencentJobJson.Default.TencentAnswerRecordsAnswer, id, cancellationToken, region);
            if (answer.TotalCount is not > 0 || answer.SuccessTotalCount + answer.FailedTotalCount != answer.TotalCount)
                return null;
            records.AddRange(answer.DeployRecordDetailList ?? []);
            if (answer.DeployRecordDetailList is not { Count: > 0 } || records.Count >= answer.TotalCount)
                return records;
        }
    }

    /// <summary>The certificate of each instance, as far as the store knows it: it is asked about every certificate that could be bound there.</summary>
    private async Task<IReadOnlyDictionary<string, string>> BoundAsync(CancellationToken cancellationToken)
    {
        var bound = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var instance in instances)
        {
            var ids = await _store.CoveringAsync(instance.Domain, cancellationToken).Select(static one => one.Id).ToListAsync(cancellationToken);
            if (ids.Count == 0)
                continue;
            if (type == TencentCertificates.Buckets)
            {
                if (await _store.BucketsAsync(ids[0], cancellationToken).FirstOrDefaultAsync(row => row.Instance == instance.Instance, cancellationToken) is { CertId.Length: > 0 } row)
                    bound[instance.Instance] = row.CertId;
                continue;
            }

            var users = await _store.UsersAsync(ids, type, cancellationToken);
            if (ids.Find(id => users.GetValueOrDefault(id)?.Contains(instance.Domain, StringComparer.Ordinal) == true) is { } own)
                bound[instance.Instance] = own;
        }

        return bound;
    }

    private sealed record StartAnswer(long DeployRecordId, int DeployStatus);

    private sealed record RecordsAnswer(int? TotalCount, int SuccessTotalCount, int FailedTotalCount, IReadOnlyList<RecordRow>? DeployRecordDetailList);

    private sealed record RecordRow(string? InstanceId, IReadOnlyList<string>? Domains, int Status, string? ErrorMsg);

    [JsonSerializable(typeof(TencentAnswer<StartAnswer>))]
    [JsonSerializable(typeof(TencentAnswer<RecordsAnswer>))]
    private sealed partial class TencentJobJson : JsonSerializerContext;
}
