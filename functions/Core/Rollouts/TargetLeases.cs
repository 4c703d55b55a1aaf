using Certrelay.Records;

namespace Certrelay.Rollouts;

/// <summary>The right to work on one target, taken, renewed and given back in the target's own record, where desired version and generation live too.</summary>
public sealed class TargetLeases(IRecordStore store, RolloutOptions options, TimeProvider time)
{
    /// <summary>Takes the lease; when somebody holds it, <paramref name="heldUntil"/> is told when another try makes sense. Throws <see cref="Permanent"/> (<c>record.unreadable</c>).</summary>
    public async Task<HeldLease?> TryTakeAsync(string target, Action<DateTimeOffset> heldUntil, CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target), cancellationToken)
                ?? throw new Permanent("target.missing", $"The target {target} does not exist.");
            var now = time.GetUtcNow();
            if (state.Value.Lease is { } held && held.Until + options.ClockSkew > now)
            {
                heldUntil(held.Until + options.ClockSkew);
                return null;
            }

            var fence = state.Value.Fence + 1;
            var lease = new Lease(Guid.NewGuid().ToString("N"), KeyText.Truncate(now + options.Lease), fence);
            try
            {
                await store.ReplaceAsync(state, state.Value with { Lease = lease, Fence = fence }, cancellationToken);
                return new HeldLease(store, options, time, target, state.Value with { Lease = lease, Fence = fence });
            }
            catch (RecordConflictException)
            {
                // Another holder, or a new rollout that raised the generation: look again.
            }
        }
    }

    /// <summary>Gives a lease back in the place of a holder that died, with its last change to the record; does nothing when it was given back, or taken by another.</summary>
    public Task ReleaseAsync(string target, long fence, Func<TargetStateRecord, TargetStateRecord> change, CancellationToken cancellationToken) =>
        UpdateAsync(store, target, fence, state => change(state) with { Lease = null }, cancellationToken);

    /// <summary>Changes the record while the lease of this fence is held; false when it is not.</summary>
    internal static async Task<bool> UpdateAsync(
        IRecordStore store, string target, long fence, Func<TargetStateRecord, TargetStateRecord> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target), cancellationToken);
            if (state?.Value.Lease?.Fence != fence)
                return false;
            try
            {
                await store.ReplaceAsync(state, change(state.Value), cancellationToken);
                return true;
            }
            catch (RecordConflictException)
            {
                // A new rollout raised the generation meanwhile: the lease is still the same, look again.
            }
        }
    }
}

/// <summary>A lease while it is held. <see cref="Lost"/> is cancelled when it could not be renewed in time: the holder must stop, its later writes are refused.</summary>
public sealed class HeldLease : IAsyncDisposable
{
    private readonly IRecordStore _store;
    private readonly RolloutOptions _options;
    private readonly TimeProvider _time;
    private readonly string _target;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _renewing;

    internal HeldLease(IRecordStore store, RolloutOptions options, TimeProvider time, string target, TargetStateRecord taken)
    {
        (_store, _options, _time, _target, Taken) = (store, options, time, target, taken);
        _renewing = RenewAsync();
    }

    /// <summary>The target's record as it was when the lease was taken.</summary>
    public TargetStateRecord Taken { get; }

    public long Fence => Taken.Fence;

    /// <summary>The end of the lease as it was taken; renewed silently.</summary>
    public DateTimeOffset Until => Taken.Lease!.Until;

    public CancellationToken Lost => _lost.Token;

    /// <summary>Gives the lease back, with a last change to the record; does nothing when somebody else holds it by now.</summary>
    public async Task ReleaseAsync(Func<TargetStateRecord, TargetStateRecord> change, CancellationToken cancellationToken)
    {
        await EndRenewalAsync();
        await UpdateAsync(state => change(state) with { Lease = null }, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await EndRenewalAsync();
        _ended.Dispose();
        _lost.Dispose();
    }

    private async Task EndRenewalAsync()
    {
        await _ended.CancelAsync();
        await _renewing;
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(_options.Lease / 3, _time);
        var until = Until;
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                until = KeyText.Truncate(_time.GetUtcNow() + _options.Lease);
                if (!await UpdateAsync(state => state with { Lease = state.Lease! with { Until = until } }, _ended.Token))
                    await _lost.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // Given back.
        }
        catch (Failure)
        {
            // The store does not answer, so nobody can take the lease either; but whether it was renewed is unknown.
            await _lost.CancelAsync();
        }
    }

    private Task<bool> UpdateAsync(Func<TargetStateRecord, TargetStateRecord> change, CancellationToken cancellationToken) =>
        TargetLeases.UpdateAsync(_store, _target, Fence, change, cancellationToken);
}
