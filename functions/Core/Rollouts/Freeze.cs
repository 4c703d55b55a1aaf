using Certrelay.Records;

namespace Certrelay.Rollouts;

/// <summary>The switch that keeps waiting steps waiting, everywhere. A step that has begun goes on to its end: half a deployment is worse than either.</summary>
public sealed class Freeze(IRecordStore store, TimeProvider time)
{
    /// <summary>How soon a waiting step looks again.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    /// <summary>The code of a step that waits for the thaw.</summary>
    public const string Code = "rollout.frozen";

    public async Task<FreezeRecord?> ReadAsync(CancellationToken cancellationToken) =>
        (await store.ReadAsync<FreezeRecord>(FreezeRecord.Key, cancellationToken))?.Value;

    public async Task<bool> IsOnAsync(CancellationToken cancellationToken) => await ReadAsync(cancellationToken) is not null;

    /// <summary>Freezes, or takes the freeze over under a new name and reason.</summary>
    public async Task<FreezeRecord> OnAsync(string by, string reason, CancellationToken cancellationToken)
    {
        var freeze = new FreezeRecord { By = by, Reason = reason, Since = time.GetUtcNow() };
        await store.WriteAsync([new RecordChange.Put(FreezeRecord.Key, freeze.ToBody())], cancellationToken);
        return freeze;
    }

    /// <summary>Thaws; waiting steps begin within <see cref="LookAgain"/>.</summary>
    public Task OffAsync(CancellationToken cancellationToken) =>
        store.WriteAsync([new RecordChange.Delete(FreezeRecord.Key, null)], cancellationToken);
}
