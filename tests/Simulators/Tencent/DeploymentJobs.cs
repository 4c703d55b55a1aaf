using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Tencent;

/// <summary>The certificate store's jobs: one certificate brought to named resources, or put in the place of another wherever that is bound.</summary>
internal sealed class DeploymentJobs(TencentWorld world, CertificateStore store)
{
    private static readonly string[] RegionalTypes = ["clb", "waf", "apigateway", "cos", "lighthouse", "tke", "tse", "tcb", "mqtt"];
    private static readonly string[] RegionalUpdateTypes = ["clb", "tke", "apigateway", "waf", "tcb", "tse", "cos", "mqtt", "scf", "tdmq"];
    private static readonly TimeSpan CacheLife = TimeSpan.FromMinutes(30);

    private readonly List<Job> _jobs = [];
    private readonly Dictionary<string, int> _builds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTimeOffset At, Dictionary<string, string?> Bound)> _cache = new(StringComparer.Ordinal);

    private sealed record Item(TencentResource Resource, string? OldId, bool Fails);

    private sealed record Job(int Id, string Key, string CertificateId, IReadOnlyList<Item> Items, DateTimeOffset Start, DateTimeOffset End);

    public IEnumerable<TencentAction> Actions =>
    [
        new("ssl.DeployCertificateInstance", "CertificateId:text! InstanceIdList:list! ResourceType:text Status:number IsCache:number", "CertificateId", Deploy) { Writes = true },
        new("ssl.DescribeHostDeployRecordDetail", "DeployRecordId:text! Offset:number Limit:number", "DeployRecordId",
            call => Records(call, call.Number("Offset", 0), call.Number("Limit", 10))),
        new("ssl.UpdateCertificateInstance",
            "OldCertificateId:text! ResourceTypes:list! CertificateId:text Regions:list ResourceTypesRegions:list CertificatePublicKey:text"
            + " CertificatePrivateKey:text ExpiringNotificationSwitch:number Repeatable:flag AllowDownload:flag Tags:list ProjectId:number",
            "OldCertificateId", Update) { Writes = true },
        new("ssl.DescribeHostCosInstanceList",
            "CertificateId:text! ResourceType:text! IsCache:number Filters:list OldCertificateId:text Offset:number Limit:number AsyncCache:number", "CertificateId", Buckets) { Regional = true },
        new("ssl.DescribeHostUpdateRecordDetail", "DeployRecordId:text! Limit:text Offset:text", "DeployRecordId", UpdateRecords),
    ];

    private JsonObject Deploy(TencentCall call)
    {
        var certificate = store.Find(call.Text("CertificateId"));
        var type = call.TextOrNull("ResourceType") ?? "clb";
        if (RegionalTypes.Contains(type) && call.Region is null)
            throw TencentFault.Missing("X-TC-Region");
        if (type == "live" && call.Body["Status"] is null)
            throw TencentFault.Missing("Status");
        var key = $"{certificate.Id} {type}";
        if (Running(key) is { } running)
            return new JsonObject { ["DeployRecordId"] = running.Id, ["DeployStatus"] = 0 };

        var known = Cached(type, fresh: call.Number("IsCache", 1) == 0);
        var wanted = call.Texts("InstanceIdList").Select(id => type == "cdn" ? Domain(id) : id).ToList();
        var found = world.Resources
            .Where(one => one.Type == type && wanted.Contains(one.InstanceId, StringComparer.Ordinal) && known.ContainsKey(one.InstanceId))
            .Where(one => !RegionalTypes.Contains(type) || one.Region == call.Region)
            .ToList();
        if (found.Count < wanted.Count || wanted.Count == 0)
            throw new TencentFault("FailedOperation.CertificateDeployInstanceEmpty", "No instance can be deployed to among those that were named.");
        if (found.Exists(one => known[one.InstanceId] == certificate.Id || !one.FitsInto(certificate.Certificate)))
            throw new TencentFault("FailedOperation.CertificateNotDeployInstance", "An instance has this certificate already, or cannot take it.");
        return new JsonObject { ["DeployRecordId"] = Start(key, certificate, found).Id, ["DeployStatus"] = 1 };
    }

    private JsonObject Update(TencentCall call)
    {
        var old = store.Find(call.Text("OldCertificateId"));
        var types = call.Texts("ResourceTypes");
        var regions = (call.Body["ResourceTypesRegions"] as JsonArray ?? []).ToDictionary(
            static one => TencentCall.Inner(one, "ResourceType") ?? throw TencentFault.Missing("ResourceTypesRegions.0.ResourceType"),
            static one => TencentCall.TextsOf(one!["Regions"], "ResourceTypesRegions.0.Regions"),
            StringComparer.Ordinal);
        if (types.FirstOrDefault(type => RegionalUpdateTypes.Contains(type) && !regions.ContainsKey(type)) is { } without)
            throw TencentFault.Invalid($"ResourceTypesRegions names no region of {without}.");
        var key = $"{old.Id} {call.TextOrNull("CertificateId")} {string.Join(',', types)}";
        if (Running(key) is { } running)
            return Progress(running.Id, 0);
        // While the job is built its number is 0, and the same call must be made again.
        if ((_builds[key] = _builds.GetValueOrDefault(key) + 1) < world.Pace.BuildingCalls)
            return Progress(0, 1);
        _builds.Remove(key);

        var certificate = call.TextOrNull("CertificateId") is { } id ? store.Find(id) : store.Find(Uploaded(call));
        var found = world.Resources
            .Where(one => types.Contains(one.Type, StringComparer.Ordinal) && one.Binding.CertificateId == old.Id)
            .Where(one => !RegionalUpdateTypes.Contains(one.Type) || regions[one.Type].Contains(one.Region, StringComparer.Ordinal))
            .ToList();
        if (found.Count == 0)
            throw new TencentFault("FailedOperation.CertificateDeployInstanceEmpty", "No resource holds the old certificate.");
        return Progress(Start(key, certificate, found).Id, 0);
    }

    private string Uploaded(TencentCall call)
    {
        var answer = store.Upload(call with
        {
            Body = new JsonObject
            {
                ["CertificatePublicKey"] = call.Text("CertificatePublicKey"),
                ["CertificatePrivateKey"] = call.Text("CertificatePrivateKey"),
                ["Repeatable"] = call.Flag("Repeatable", otherwise: true),
            },
        });
        var id = answer["CertificateId"]!.GetValue<string>();
        return id.Length > 0 ? id : throw new TencentFault("FailedOperation.CertificateExists", "The certificate exists already.");
    }

    // The status stays 0 here even when the job runs, as has been reported of the real one.
    private static JsonObject Progress(int id, int status) => new()
    {
        ["DeployRecordId"] = id,
        ["DeployStatus"] = 0,
        ["UpdateSyncProgress"] = new JsonArray(new JsonObject { ["ResourceType"] = "clb", ["UpdateSyncProgressRegions"] = new JsonArray(), ["Status"] = status }),
    };

    private Job? Running(string key) => _jobs.Find(job => job.Key == key && world.Now < job.End);

    private Job Start(string key, TencentCertificate certificate, IEnumerable<TencentResource> resources)
    {
        var end = world.Now + world.Pace.Job;
        var job = new Job(1234567 + _jobs.Count, key, certificate.Id,
            [.. resources.Select(one => new Item(one, one.Binding.CertificateId, world.Refused.Contains(one.InstanceId) || !one.FitsInto(certificate.Certificate)))], world.Now, end);
        foreach (var item in job.Items)
            item.Resource.Binding.BindAt(end, certificate.Id, certificate.Certificate, item.Fails);
        _jobs.Add(job);
        return job;
    }

    /// <summary>The domains of buckets that a certificate fits, wherever they are, with what is bound there now.</summary>
    private JsonObject Buckets(TencentCall call)
    {
        var certificate = store.Find(call.Text("CertificateId"));
        if (call.Text("ResourceType") != "cos")
            throw TencentFault.InvalidValue("ResourceType");
        var known = Cached("cos", fresh: call.Number("IsCache", 1) == 0);
        var all = world.Resources.Where(one => one.Type == "cos" && known.ContainsKey(one.InstanceId) && one.FitsInto(certificate.Certificate)).ToList();
        return new JsonObject
        {
            ["TotalCount"] = all.Count,
            ["AsyncTotalNum"] = 0,
            ["AsyncOffset"] = 0,
            ["AsyncCacheTime"] = null,
            ["InstanceList"] = new JsonArray([.. all.Skip(call.Number("Offset", 0)).Take(call.Number("Limit", 10)).Select(one => new JsonObject
            {
                ["Domain"] = one.Names[0],
                ["CertId"] = known[one.InstanceId] ?? "",
                ["Status"] = "ENABLED",
                ["Bucket"] = one.InstanceId.Split('|')[1],
                ["Region"] = one.Region,
            })]),
        };
    }

    // The store's own view of the resources is up to half an hour old unless it is told to look again.
    private Dictionary<string, string?> Cached(string type, bool fresh)
    {
        if (!fresh && _cache.TryGetValue(type, out var kept) && world.Now - kept.At < CacheLife)
            return kept.Bound;
        var bound = world.Resources.Where(one => one.Type == type).ToDictionary(static one => one.InstanceId, static one => one.Binding.CertificateId, StringComparer.Ordinal);
        _cache[type] = (world.Now, bound);
        return bound;
    }

    private static string Domain(string instance) => instance.Split('|') is [var domain, "on" or "off"]
        ? domain
        : throw TencentFault.Invalid("An instance of cdn is written as domain|on or domain|off.");

    private JsonObject UpdateRecords(TencentCall call)
    {
        var answer = Records(call, Parse(call, "Offset", 0), Parse(call, "Limit", 10));
        var list = answer["DeployRecordDetailList"]?.AsArray() ?? [];
        answer.Remove("DeployRecordDetailList");
        answer["RecordDetailList"] = new JsonArray([.. list.Select(static one => one!.DeepClone())
            .GroupBy(static one => one["ResourceType"]!.GetValue<string>(), StringComparer.Ordinal)
            .Select(static group => new JsonObject { ["ResourceType"] = group.Key, ["TotalCount"] = group.Count(), ["List"] = new JsonArray([.. group]) })]);
        return answer;
    }

    private static int Parse(TencentCall call, string name, int otherwise) => call.TextOrNull(name) is { } text
        ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw TencentFault.InvalidValue(name)
        : otherwise;

    private JsonObject Records(TencentCall call, int offset, int limit)
    {
        var job = _jobs.Find(job => job.Id.ToString(CultureInfo.InvariantCulture) == call.Text("DeployRecordId"))
            ?? throw new TencentFault("FailedOperation.InvalidParam", "The deployment record does not exist.");
        // For a moment after its creation a job has no records at all, and every counter is 0.
        if (world.Now < job.Start + ((job.End - job.Start) / 4))
        {
            return new JsonObject
            {
                ["TotalCount"] = 0,
                ["SuccessTotalCount"] = 0,
                ["FailedTotalCount"] = 0,
                ["RunningTotalCount"] = 0,
                ["PendingTotalCount"] = 0,
                ["DeployRecordDetailList"] = null,
            };
        }

        var over = world.Now >= job.End;
        return new JsonObject
        {
            ["TotalCount"] = job.Items.Count,
            ["SuccessTotalCount"] = over ? job.Items.Count(static item => !item.Fails) : 0,
            ["FailedTotalCount"] = over ? job.Items.Count(static item => item.Fails) : 0,
            ["RunningTotalCount"] = over ? 0 : 1,
            ["PendingTotalCount"] = over ? 0 : job.Items.Count - 1,
            ["DeployRecordDetailList"] = new JsonArray([.. job.Items.Skip(offset).Take(Math.Min(limit, 200)).Select((item, index) => Record(job, item, offset + index, over))]),
        };
    }

    private static JsonObject Record(Job job, Item item, int index, bool over)
    {
        var parts = item.Resource.InstanceId.Split('|');
        return new JsonObject
        {
            ["Id"] = (job.Id * 100) + index,
            ["CertId"] = job.CertificateId,
            ["OldCertId"] = item.OldId,
            ["ResourceType"] = item.Resource.Type,
            ["InstanceId"] = parts[0],
            ["ListenerId"] = item.Resource.Type == "clb" ? parts[1] : null,
            ["Bucket"] = item.Resource.Type == "cos" ? parts[1] : null,
            ["Region"] = item.Resource.Region,
            ["Domains"] = TencentCall.List(item.Resource.Names),
            ["Status"] = !over ? index == 0 ? 3 : 0 : item.Fails ? 2 : 1,
            ["ErrorMsg"] = over && item.Fails ? "The resource refused the certificate." : "",
            ["CreateTime"] = TencentCertificate.TimeText(job.Start),
            ["UpdateTime"] = TencentCertificate.TimeText(over ? job.End : job.Start),
            ["SimulatedExtra"] = "unknown",
        };
    }
}
