using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Records;

namespace Certrelay.Rollouts;

/// <summary>A move of a step that calls its account's vendor at the moment. Row <c>t.&lt;n&gt;</c> of the account's partition.</summary>
public sealed partial record TurnRecord : IRecord<TurnRecord>
{
    public int Schema { get; init; } = 1;

    public required string Step { get; init; }

    public required DateTimeOffset Until { get; init; }

    public static JsonTypeInfo<TurnRecord> Json => TurnJson.Default.TurnRecord;

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(TurnRecord))]
    private sealed partial class TurnJson : JsonSerializerContext;
}

/// <summary>
/// At most four moves of an account run at once, so that a vendor that hangs cannot take every slot of the queue. The rest wait as rows: whoever gives a
/// turn back nudges the next one.
/// </summary>
public sealed class AccountTurns(IRecordStore store, StepRecords steps, TimeProvider time)
{
    /// <summary>Moves of one account that run side by side.</summary>
    public const int AtOnce = 4;

    // A move is a few calls; one that a crash cut off keeps its turn this long.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private static readonly RowRange Waiting = RowRange.StartingWith("w.");

    /// <summary>A turn for one move, given back by disposal; null when the step has to wait, and is nudged when its turn comes.</summary>
    public async Task<AccountTurn?> TryTakeAsync(string account, StepRecord step, CancellationToken cancellationToken)
    {
        if (await TakeAsync(account, step, cancellationToken) is { } turn)
            return turn;
        // A turn given back before this row was written found nobody to nudge: hence the second look.
        await store.WriteAsync([new RecordChange.Put(WaitKey(account, step), default)], cancellationToken);
        if (await TakeAsync(account, step, cancellationToken) is not { } late)
            return null;
        await store.WriteAsync([new RecordChange.Delete(WaitKey(account, step), null)], cancellationToken);
        return late;
    }

    internal async Task GiveBackAsync(string account, RecordKey key, string etag)
    {
        try
        {
            await store.WriteAsync([new RecordChange.Delete(key, etag)], CancellationToken.None);
        }
        catch (RecordConflictException)
        {
            // It lasted too long, and another move has the turn by now: that one nudges the next.
            return;
        }

        await foreach (var waiting in store.QueryAsync(Tables.Budgets, account, Waiting, CancellationToken.None))
        {
            if (await TryRemoveAsync(waiting) && await NudgeAsync(waiting.Key.Row["w.".Length..]))
                return;
        }
    }

    private async Task<AccountTurn?> TakeAsync(string account, StepRecord step, CancellationToken cancellationToken)
    {
        var keys = Enumerable.Range(0, AtOnce).Select(number => new RecordKey(Tables.Budgets, account, $"t.{number}")).ToList();
        var rows = await store.ReadAsync<TurnRecord>(keys, cancellationToken);
        var now = time.GetUtcNow();
        var mine = new TurnRecord { Step = step.Id, Until = now + Longest };
        foreach (var (key, row) in keys.Zip(rows))
        {
            if (row?.Value.Until > now && row.Value.Step != step.Id)
                continue;
            try
            {
                var taken = row is null ? await store.InsertAsync(key, mine, cancellationToken) : await store.ReplaceAsync(row, mine, cancellationToken);
                return new AccountTurn(this, account, key, taken.ETag);
            }
            catch (RecordConflictException)
            {
                // Another step was faster with this one.
            }
        }

        return null;
    }

    private async Task<bool> TryRemoveAsync(StoredRecord waiting)
    {
        try
        {
            await store.WriteAsync([new RecordChange.Delete(waiting.Key, waiting.ETag)], CancellationToken.None);
            return true;
        }
        catch (RecordConflictException)
        {
            return false;
        }
    }

    /// <summary>False for a step that has nothing to do any more: then the next one has the turn.</summary>
    private async Task<bool> NudgeAsync(string id)
    {
        var now = time.GetUtcNow();
        if (StepId.Parse(id) is not var (rollout, target) || await steps.ReadAsync(rollout, target, CancellationToken.None) is not { } step || !step.Value.IsDue(now))
            return false;
        await steps.NudgeAsync(step.Value, now, CancellationToken.None);
        return true;
    }

    private static RecordKey WaitKey(string account, StepRecord step) => new(Tables.Budgets, account, $"w.{step.Id}");
}

/// <summary>A turn while it is held.</summary>
public sealed class AccountTurn(AccountTurns turns, string account, RecordKey key, string etag) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await turns.GiveBackAsync(account, key, etag);
}
