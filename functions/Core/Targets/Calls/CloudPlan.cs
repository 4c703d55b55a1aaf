namespace Certrelay.Targets.Calls;

/// <summary>One write that a plan did not send.</summary>
/// <param name="Action">The vendor's action: <c>ssl.UploadCertificate</c>.</param>
/// <param name="Resource">What it is about.</param>
/// <param name="What">What the call would do.</param>
/// <param name="Replaces">The vendor's id of what it would replace; null when nothing is there.</param>
/// <param name="Metered">True when the vendor charges for the call, or counts it against something bought.</param>
public sealed record PlannedCall(string Action, string Resource, string What, string? Replaces, bool Metered);

/// <summary>The writes that a target would make, in their order: reads are made, writes are recorded and answered by their placeholders.</summary>
/// <param name="uploads">What several targets of one plan share; null for a plan of one target, which lists its upload itself.</param>
public sealed class CloudPlan(PlannedUploads? uploads = null)
{
    /// <summary>How every placeholder's id begins, so that no call takes it for one of the vendor's.</summary>
    public const string PlaceholderId = "planned-";

    private readonly List<PlannedCall> _calls = [];

    public IReadOnlyList<PlannedCall> Calls => _calls;

    /// <summary>Adds what a target of this host would do.</summary>
    public void AddRange(IEnumerable<PlannedCall> calls) => _calls.AddRange(calls);

    /// <summary>The id of an upload that this plan needs: made once for all targets that share it, and listed there.</summary>
    internal Task<string> UploadAsync(string key, Func<Task<string>> findOrUpload) => uploads is null ? findOrUpload() : uploads.OnceAsync(key, async () =>
    {
        var before = _calls.Count;
        var id = await findOrUpload();
        uploads.Add(_calls.Skip(before));
        _calls.RemoveRange(before, _calls.Count - before);
        return id;
    });

    internal void Add(CloudCall call) =>
        _calls.Add(new PlannedCall(call.Action.Id, call.Resource, call.Write!.What, call.Write.Replaces, call.Action.Metered));
}
