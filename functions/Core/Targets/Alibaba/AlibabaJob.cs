using System.Globalization;
using Certrelay.Records;

namespace Certrelay.Targets.Alibaba;

/// <summary>What a change is to bring about and how far it is, as the step keeps it between looks.</summary>
internal sealed class AlibabaJob
{
    private const string Want = "want.";
    private const string Asked = "asked.";
    private const string Run = "run.";
    private const string Fault = "fault.";
    private const string Other = "other.";
    private const string Looks = "looks";

    /// <summary>What each resource shall have; empty: nothing.</summary>
    public Dictionary<string, string> Wanted { get; } = new(StringComparer.Ordinal);

    /// <summary>The resources whose change was asked for: in which look, and what was bound then.</summary>
    public Dictionary<string, (int Look, string Bound)> Started { get; } = new(StringComparer.Ordinal);

    /// <summary>The vendor's jobs behind what was asked for, by resource.</summary>
    public Dictionary<string, string> Runs { get; } = new(StringComparer.Ordinal);

    /// <summary>The resources that came to nothing.</summary>
    public Dictionary<string, ResourceOutcome> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>The resources whose other way has been taken.</summary>
    public HashSet<string> Detoured { get; } = new(StringComparer.Ordinal);

    /// <summary>The vendor's own job, where there is one.</summary>
    public string Id { get; set; } = "alibaba";

    /// <summary>How often it was looked at before.</summary>
    public int Look { get; private set; }

    public static AlibabaJob Of(PendingJob? pending)
    {
        var job = new AlibabaJob { Id = pending?.Id ?? "alibaba" };
        foreach (var (name, value) in pending?.Details ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (name.StartsWith(Want, StringComparison.Ordinal))
                job.Wanted[name[Want.Length..]] = value;
            else if (name.StartsWith(Asked, StringComparison.Ordinal) && value.Split(' ', 2) is [var look, var bound])
                job.Started[name[Asked.Length..]] = (int.Parse(look, CultureInfo.InvariantCulture), bound);
            else if (name.StartsWith(Run, StringComparison.Ordinal))
                job.Runs[name[Run.Length..]] = value;
            else if (name.StartsWith(Fault, StringComparison.Ordinal) && value.Split(' ', 2) is [var code, var words])
                job.Refuse(name[Fault.Length..], code, words);
            else if (name.StartsWith(Other, StringComparison.Ordinal))
                job.Detoured.Add(name[Other.Length..]);
            else if (name == Looks)
                job.Look = int.Parse(value, CultureInfo.InvariantCulture);
        }

        return job;
    }

    /// <summary>Notes that a change of a resource was asked for in this look.</summary>
    /// <param name="run">The vendor's job; null where there is none.</param>
    public void Start(AlibabaResource resource, string? run)
    {
        Started[resource.Id] = (Look, resource.Bound ?? "");
        Runs.Remove(resource.Id);
        if (run is not null)
            Runs[resource.Id] = run;
    }

    /// <summary>What was asked for is to be asked for once more.</summary>
    public void Forget(string resource)
    {
        Started.Remove(resource);
        Runs.Remove(resource);
    }

    public void Refuse(string resource, string code, string words) => Refused[resource] = new ResourceOutcome(resource, Succeeded: false, code, words);

    public DeployResult Pending(TimeSpan pollAfter)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal) { [Looks] = (Look + 1).ToString(CultureInfo.InvariantCulture) };
        foreach (var (resource, id) in Wanted)
            details[Want + resource] = id;
        foreach (var (resource, (look, bound)) in Started)
            details[Asked + resource] = $"{look} {bound}";
        foreach (var (resource, run) in Runs)
            details[Run + resource] = run;
        foreach (var (resource, outcome) in Refused)
            details[Fault + resource] = $"{outcome.Code} {outcome.Message}";
        foreach (var resource in Detoured)
            details[Other + resource] = "";
        return DeployResult.Of(new PendingJob(Id, details), pollAfter);
    }

    public DeployResult Over() => DeployResult.Of([.. Wanted.Keys.Select(resource => Refused.GetValueOrDefault(resource) ?? new ResourceOutcome(resource, Succeeded: true))]);
}
