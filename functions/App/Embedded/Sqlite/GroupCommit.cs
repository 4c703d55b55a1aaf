using System.Collections.Concurrent;

namespace Certrelay.App.Embedded.Sqlite;

/// <summary>
/// One writing thread that runs all changes waiting at a moment in one transaction, so that concurrent callers share the cost of a sync to disk.
/// A caller is answered after the commit. A change that finds its condition unmet throws before it writes and fails alone; a fault of the database fails its whole group.
/// </summary>
internal sealed class GroupCommit : IAsyncDisposable
{
    // Enough to spread a sync over many changes, few enough that a group ends within some milliseconds.
    private const int LargestGroup = 512;

    private readonly BlockingCollection<Change> _waiting = [];
    private readonly SqliteWriter _writer;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GroupCommit(SqliteConnection connection)
    {
        _writer = new SqliteWriter(connection);
        _thread = new Thread(Run) { IsBackground = true, Name = "sqlite-writer" };
        _thread.Start();
    }

    public Task<T> RunAsync<T>(Func<SqliteWriter, T> change, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellationToken);
        var waiting = new Change<T>(change, cancellationToken);
        try
        {
            _waiting.Add(waiting, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            return Task.FromException<T>(new Transient("store.unavailable", "The database is closed."));
        }

        return waiting.Task;
    }

    /// <summary>Commits what waits, then ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended.Task.IsCompleted)
            return;
        _waiting.CompleteAdding();
        await _ended.Task;
        _writer.Dispose();
        _waiting.Dispose();
    }

    private void Run()
    {
        var group = new List<Change>(LargestGroup);
        foreach (var first in _waiting.GetConsumingEnumerable())
        {
            group.Add(first);
            while (group.Count < LargestGroup && _waiting.TryTake(out var next))
                group.Add(next);
            Commit(group);
            group.Clear();
        }

        _ended.SetResult();
    }

    private void Commit(List<Change> group)
    {
        try
        {
            _writer.Begin();
            foreach (var change in group)
                change.Apply(_writer);
            _writer.Commit();
        }
        catch (Exception fault)
        {
            _writer.Rollback();
            foreach (var change in group)
                change.Fail(fault);
            return;
        }

        foreach (var change in group)
            change.Answer();
    }

    private abstract class Change
    {
        public abstract void Apply(SqliteWriter writer);

        public abstract void Answer();

        public abstract void Fail(Exception reason);
    }

    private sealed class Change<T>(Func<SqliteWriter, T> change, CancellationToken cancellationToken) : Change
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _refusal;

        public Task<T> Task => _answer.Task;

        public override void Apply(SqliteWriter writer)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                _refusal = new OperationCanceledException(cancellationToken);
                return;
            }

            try
            {
                _result = change(writer);
            }
            catch (Certrelay.Records.RecordConflictException conflict)
            {
                _refusal = conflict;
            }
        }

        public override void Answer()
        {
            if (_refusal is null)
                _answer.SetResult(_result!);
            else
                _answer.SetException(_refusal);
        }

        public override void Fail(Exception reason) => _answer.SetException(_refusal ?? reason);
    }
}
