using System.Diagnostics.CodeAnalysis;

namespace Certrelay.Targets.Local;

/// <summary>The order of one command's runs, and of the file changes that no run may see half done.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing to dispose.")]
internal sealed class CommandLane
{
    // So many changes may go on at once; a run takes every place.
    private const int Places = 16;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _places = new(Places);
    private Task<CommandResult>? _next;

    /// <summary>The run that has not started yet, made when there is none.</summary>
    public Task<CommandResult> JoinAsync(Func<Task<CommandResult>> run)
    {
        lock (_lock)
            return _next ??= Task.Run(() => RunNextAsync(run));
    }

    /// <summary>Keeps runs from starting until disposal.</summary>
    public async Task<IDisposable> HoldAsync(CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        return new Place(_places);
    }

    private async Task<CommandResult> RunNextAsync(Func<Task<CommandResult>> run)
    {
        // There is one next run at most and the one before it gives its places back together, so that two never collect them against each other.
        for (var taken = 0; taken < Places; taken++)
            await _places.WaitAsync(CancellationToken.None);
        try
        {
            lock (_lock)
                _next = null;
            return await run();
        }
        finally
        {
            _places.Release(Places);
        }
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
                places.Release();
        }
    }
}
