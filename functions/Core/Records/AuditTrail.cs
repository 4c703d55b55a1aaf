using System.Security.Cryptography;

namespace Certrelay.Records;

/// <summary>
/// Writes the audit trail: one hash chain for each UTC day and writer, opened with the head before it. The entries of one trail are appended in the
/// order of the calls;
/// every process has a trail of its own and is another writer, so none waits for another.
/// </summary>
public sealed class AuditTrail(IRecordStore store, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private string _writer = NewWriter(time);
    private AuditPoint? _head;

    /// <summary>
    /// Adds an entry and returns its reference <c>&lt;day&gt;.&lt;writer&gt;.&lt;number&gt;</c> once it is durable.
    /// Throws <see cref="Transient"/> (<c>store.unavailable</c>): whoever was about to act must not.
    /// </summary>
    public async Task<string> AppendAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            try
            {
                // Not cancelled any more: a write given up half-way would leave the chain's end unknown.
                return await WriteAsync(entry, CancellationToken.None);
            }
            catch (RecordConflictException)
            {
                // A row stands where ours belongs: an earlier write whose answer was lost, or somebody's hand. A chain is never mended, a new one
                // follows it.
                _writer = NewWriter(time);
                _head = null;
                return await WriteAsync(entry, CancellationToken.None);
            }
        }
        catch (RecordConflictException fault)
        {
            throw new Transient("store.unavailable", "The audit trail cannot be continued.", cause: fault);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<string> WriteAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // A clock set back does not return to a chain that another one was opened with.
        if (_head is null || string.CompareOrdinal($"{now:yyyyMMdd}", _head.Chain[..8]) > 0)
            _head = await OpenAsync($"{now:yyyyMMdd}.{_writer}", cancellationToken);

        var number = _head.Count + 1;
        var record = new AuditRecord
        {
            Number = number,
            At = now,
            Entry = entry,
            Previous = _head.Hash,
            Hash = AuditHash.Entry(_head.Chain, number, now, entry, _head.Hash),
        };
        var head = new AuditHead { Count = number, Hash = record.Hash };
        await store.WriteAsync(
            [
                new RecordChange.Insert(AuditRecord.Key(_head.Chain, number), record.ToBody()),
                new RecordChange.Put(AuditHead.Key(_head.Chain), head.ToBody()),
            ],
            cancellationToken);
        _head = _head with { Count = number, Hash = record.Hash };
        return $"{_head.Chain}.{number}";
    }

    private async Task<AuditPoint> OpenAsync(string name, CancellationToken cancellationToken)
    {
        var chain = new AuditChain { Chain = name, OpenedWith = _head ?? await LastAsync(cancellationToken) };
        await store.WriteAsync(
            [new RecordChange.Insert(AuditChain.Key(name), chain.ToBody()), new RecordChange.Put(AuditChain.LastKey, chain.ToBody())],
            cancellationToken);
        return new AuditPoint(name, 0, AuditHash.Opening(name, chain.OpenedWith));
    }

    private async Task<AuditPoint?> LastAsync(CancellationToken cancellationToken)
    {
        if (await store.ReadAsync<AuditChain>(AuditChain.LastKey, cancellationToken) is not { Value: var last })
            return null;
        var head = await store.ReadAsync<AuditHead>(AuditHead.Key(last.Chain), cancellationToken);
        return head is null
            ? new AuditPoint(last.Chain, 0, AuditHash.Opening(last.Chain, last.OpenedWith))
            : new AuditPoint(last.Chain, head.Value.Count, head.Value.Hash);
    }

    /// <summary>
    /// In the order of the starts, so that a day reads in order where one process follows another, and by chance where two start at once.
    /// </summary>
    private static string NewWriter(TimeProvider time) =>
        $"{time.GetUtcNow():HHmmss}{RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 6)}";
}
