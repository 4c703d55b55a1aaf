using System.Globalization;
using Certrelay.Records;

namespace Certrelay.Targets.Tencent;

/// <summary>What a change is to bring about and how far it is, as the step keeps it between polls.</summary>
internal sealed class TencentJob
{
    private const string Want = "want.";
    private const string Task = "task.";
    private const string Fault = "fault.";

    /// <summary>What each resource shall have; empty: nothing.</summary>
    public Dictionary<string, string> Wanted { get; } = new(StringComparer.Ordinal);

    /// <summary>The resources whose change was asked for, with the vendor's task (empty without one).</summary>
    public Dictionary<string, string> Started { get; } = new(StringComparer.Ordinal);

    /// <summary>The resources that came to nothing.</summary>
    public Dictionary<string, ResourceOutcome> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>How often it was looked at.</summary>
    public int Looks { get; set; }

    public static TencentJob Of(IEnumerable<KeyValuePair<string, string>> wanted)
    {
        var job = new TencentJob();
        foreach (var (resource, id) in wanted)
            job.Wanted[resource] = id;
        return job;
    }

    public static TencentJob Of(PendingJob pending)
    {
        var job = new TencentJob();
        foreach (var (name, value) in pending.Details)
        {
            if (name.StartsWith(Want, StringComparison.Ordinal))
                job.Wanted[name[Want.Length..]] = value;
            else if (name.StartsWith(Task, StringComparison.Ordinal))
                job.Started[name[Task.Length..]] = value;
            else if (name.StartsWith(Fault, StringComparison.Ordinal) && value.Split(' ', 2) is [var code, var words])
                job.Refuse(name[Fault.Length..], code, words);
            else if (name == "looks")
                job.Looks = int.Parse(value, CultureInfo.InvariantCulture);
        }

        return job;
    }

    public void Refuse(string resource, string code, string words) => Refused[resource] = new ResourceOutcome(resource, Succeeded: false, code, words);

    public DeployResult Pending(TimeSpan pollAfter)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal) { ["looks"] = (Looks + 1).ToString(CultureInfo.InvariantCulture) };
        foreach (var (resource, id) in Wanted)
            details[Want + resource] = id;
        foreach (var (resource, task) in Started)
            details[Task + resource] = task;
        foreach (var (resource, outcome) in Refused)
            details[Fault + resource] = $"{outcome.Code} {outcome.Message}";
        return DeployResult.Of(new PendingJob(Started.Values.FirstOrDefault(static task => task.Length > 0) ?? "tencent", details), pollAfter);
    }

    public DeployResult Over() => DeployResult.Of([.. Wanted.Keys.Select(resource => Refused.GetValueOrDefault(resource) ?? new ResourceOutcome(resource, Succeeded: true))]);
}
