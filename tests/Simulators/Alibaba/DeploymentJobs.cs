using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>The certificate store's deployment jobs: a new one waits in <c>editing</c> until it is started, and each item ends for itself.</summary>
internal sealed class DeploymentJobs(AlibabaWorld world, CasProduct store)
{
    private const string Version = "2020-04-07";

    private readonly List<Job> _jobs = [];

    private sealed record Job(long Id, AlibabaCertificate Certificate, IReadOnlyList<(AlibabaPlace Place, string? Old)> Items)
    {
        public DateTimeOffset? End { get; set; }

        public bool Applied { get; set; }
    }

    /// <summary>The contacts of the account.</summary>
    public List<long> Contacts { get; } = [1];

    public IEnumerable<AlibabaAction> Actions =>
    [
        new("cas", Version, "ListContact", "CurrentPage ShowSize Keyword", "", _ => new JsonObject
        {
            ["TotalCount"] = Contacts.Count,
            ["ContactList"] = new JsonArray([.. Contacts.Select(static id => new JsonObject { ["ContactId"] = id, ["Name"] = "somebody" })]),
        }),
        new("cas", Version, "CreateDeploymentJob", "Name! JobType! CertIds! ResourceIds! ContactIds! ScheduleTime", "ResourceIds", Create) { Writes = true },
        new("cas", Version, "UpdateDeploymentJobStatus", "JobId! Status!", "JobId", Start) { Writes = true },
        new("cas", Version, "DescribeDeploymentJob", "JobId!", "JobId", call => new JsonObject { ["Id"] = Find(call).Id, ["Status"] = StatusOf(Find(call)) }),
        new("cas", Version, "DescribeDeploymentJobStatus", "JobId!", "JobId", Counters),
        new("cas", Version, "ListWorkerResource", "JobId! Status CloudProduct CurrentPage ShowSize", "JobId", Workers),
    ];

    private Job Find(AlibabaCall call)
    {
        var job = _jobs.Find(job => job.Id == call.Number("JobId")) ?? throw AlibabaFault.NotFound("Job");
        if (job is { End: { } end, Applied: false } && world.Now >= end)
        {
            job.Applied = true;
            foreach (var (place, _) in job.Items.Where(item => !world.Refused.Contains(item.Place.Id)))
                place.Bind(job.Certificate.NumberText, job.Certificate, after: TimeSpan.Zero);
        }

        return job;
    }

    private JsonObject Create(AlibabaCall call)
    {
        if (call.Text("JobType") != "user" || !call.Text("ContactIds").Split(',').All(id => Contacts.Exists(known => $"{known}" == id)))
            throw AlibabaFault.Invalid("ContactIds");
        var places = call.Text("ResourceIds").Split(',').Select(id => world.Places.Find(place => $"{store.ResourceIdOf(place)}" == id) ?? throw AlibabaFault.NotFound("Resource")).ToList();
        _jobs.Add(new Job(8888 + _jobs.Count, world.ByNumber(call.Text("CertIds")), [.. places.Select(static place => (place, place.Certificate?.NumberText))]));
        return new JsonObject { ["JobId"] = _jobs[^1].Id };
    }

    private JsonObject Start(AlibabaCall call)
    {
        var job = Find(call);
        if (call.Text("Status") != "pending" || job.End is not null)
            throw AlibabaFault.Invalid("Status");
        job.End = world.Now + world.Pace.Job;
        return [];
    }

    private string StatusOf(Job job) => job.End is not { } end ? "editing" : world.Now >= end ? "success" : world.Now >= end - (world.Pace.Job / 2) ? "processing" : "scheduling";

    private JsonObject Counters(AlibabaCall call)
    {
        var job = Find(call);
        var failed = job.Applied ? job.Items.Count(item => world.Refused.Contains(item.Place.Id)) : 0;
        return new JsonObject
        {
            ["WorkerCount"] = job.Items.Count,
            ["MatchWorkerCount"] = job.Items.Count,
            ["SuccessCount"] = job.Applied ? job.Items.Count - failed : 0,
            ["FailedCount"] = failed,
            ["BuyCount"] = 100,
            ["UseCount"] = _jobs.Where(static one => one.Applied).Sum(static one => one.Items.Count),
            ["CostCount"] = job.Applied ? job.Items.Count - failed : 0,
        };
    }

    private JsonObject Workers(AlibabaCall call)
    {
        var job = Find(call);
        var (page, size) = ((int)call.Number("CurrentPage", 1), (int)call.Number("ShowSize", 50));
        return new JsonObject
        {
            ["Total"] = job.Items.Count,
            ["Data"] = new JsonArray([.. job.Items.Skip((page - 1) * size).Take(size).Select((item, index) => new JsonObject
            {
                ["Id"] = (job.Id * 100) + index,
                ["ResourceId"] = store.ResourceIdOf(item.Place),
                ["ResourceDomain"] = item.Place.Id,
                ["ResourceCertId"] = item.Old is { } old ? long.Parse(old, CultureInfo.InvariantCulture) : null,
                ["CertId"] = job.Certificate.Number,
                ["Status"] = !job.Applied ? "processing" : world.Refused.Contains(item.Place.Id) ? "error" : "success",
            })]),
        };
    }
}
