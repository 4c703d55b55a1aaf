using Certrelay.Records;

namespace Certrelay.App.Embedded.Sqlite;

/// <summary>One delivery of a message. Its receipt is spent once the message is delivered again.</summary>
public sealed record Delivery(long Id, long Receipt, int DequeueCount, DateTimeOffset Inserted, ReadOnlyMemory<byte> Body);

/// <summary>Queues in one table, with the meaning that Azure Storage queues have: a received message is invisible for a while and comes back unless it is deleted.</summary>
public sealed class SqliteWorkQueue(SqliteFile file, TimeProvider time) : IWorkQueue
{
    private readonly QueueSignals _signals = new();

    public async Task SendAsync(string queue, ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellationToken)
    {
        QueueLimits.Check(body, delay);
        var now = time.GetUtcNow();
        var (visible, inserted) = ((now + delay).ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
        await file.WriteAsync(
            writer => writer["INSERT INTO message (id, queue, visible, receipt, dequeued, inserted, body) VALUES ($1, $2, $3, 0, 0, $4, $5)"]
                .Bind(writer.NextNumber()).Bind(queue).Bind(visible).Bind(inserted).Bind(body.Span).Execute(),
            cancellationToken);
        _signals.Raise(queue);
    }

    public Task<int> CountAsync(string queue, CancellationToken cancellationToken) =>
        Task.FromResult(file.Read(connection => (int)connection["SELECT count(*) FROM message WHERE queue = $1"].Bind(queue).Number()!.Value));

    /// <summary>Ends when a message is visible or was sent by this process, or after <paramref name="longest"/>, within which messages of other processes are found.</summary>
    public async Task WaitAsync(string queue, TimeSpan longest, CancellationToken cancellationToken)
    {
        var signal = _signals.Next(queue);
        var visible = file.Read(connection => connection["SELECT min(visible) FROM message WHERE queue = $1"].Bind(queue).Number());
        var wait = visible is { } next ? DateTimeOffset.FromUnixTimeMilliseconds(next) - time.GetUtcNow() : longest;
        if (wait <= TimeSpan.Zero)
            return;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(wait < longest ? wait : longest, time, ended.Token);
        await Task.WhenAny(signal, delay);
        await ended.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Takes up to <paramref name="most"/> visible messages, oldest first, and hides them for <paramref name="hidden"/>.</summary>
    public Task<IReadOnlyList<Delivery>> ReceiveAsync(string queue, int most, TimeSpan hidden, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return file.WriteAsync<IReadOnlyList<Delivery>>(
            writer =>
            {
                var deliveries = Visible(writer, queue, now, writer.NextNumber(), most);
                foreach (var delivery in deliveries)
                {
                    writer["UPDATE message SET visible = $1, receipt = $2, dequeued = $3 WHERE id = $4"]
                        .Bind((now + hidden).ToUnixTimeMilliseconds()).Bind(delivery.Receipt).Bind(delivery.DequeueCount).Bind(delivery.Id).Execute();
                }

                return deliveries;
            },
            cancellationToken);
    }

    /// <summary>Keeps a running message hidden; false when it was delivered again meanwhile.</summary>
    public Task<bool> RenewAsync(Delivery delivery, TimeSpan hidden, CancellationToken cancellationToken) => SetVisibleAsync(delivery, hidden, cancellationToken);

    /// <summary>Gives a message back for another try after <paramref name="delay"/>; false when it was delivered again meanwhile.</summary>
    public Task<bool> ReturnAsync(Delivery delivery, TimeSpan delay, CancellationToken cancellationToken) => SetVisibleAsync(delivery, delay, cancellationToken);

    /// <summary>Deletes a message that is done; false when it was delivered again meanwhile.</summary>
    public Task<bool> DeleteAsync(Delivery delivery, CancellationToken cancellationToken) =>
        file.WriteAsync(
            writer => writer["DELETE FROM message WHERE id = $1 AND receipt = $2"].Bind(delivery.Id).Bind(delivery.Receipt).Execute() == 1,
            cancellationToken);

    /// <summary>Moves a message to <c>&lt;queue&gt;-poison</c> at once; false when it was delivered again meanwhile.</summary>
    public async Task<bool> PoisonAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var moved = await file.WriteAsync(
            writer => writer["UPDATE message SET queue = queue || '-poison', visible = $1, receipt = 0, dequeued = 0 WHERE id = $2 AND receipt = $3 RETURNING queue"]
                .Bind(now).Bind(delivery.Id).Bind(delivery.Receipt).Text(),
            cancellationToken);
        if (moved is not null)
            _signals.Raise(moved);
        return moved is not null;
    }

    private static List<Delivery> Visible(SqliteWriter writer, string queue, DateTimeOffset now, long receipt, int most)
    {
        var deliveries = new List<Delivery>(most);
        using var rows = writer["SELECT id, dequeued, inserted, body FROM message WHERE queue = $1 AND visible <= $2 ORDER BY visible, id LIMIT $3"]
            .Bind(queue).Bind(now.ToUnixTimeMilliseconds()).Bind(most).Query();
        while (rows.Read())
            deliveries.Add(new Delivery(rows.Number(0), receipt, (int)rows.Number(1) + 1, DateTimeOffset.FromUnixTimeMilliseconds(rows.Number(2)), rows.Bytes(3)));
        return deliveries;
    }

    private Task<bool> SetVisibleAsync(Delivery delivery, TimeSpan after, CancellationToken cancellationToken)
    {
        var visible = (time.GetUtcNow() + after).ToUnixTimeMilliseconds();
        return file.WriteAsync(
            writer => writer["UPDATE message SET visible = $1 WHERE id = $2 AND receipt = $3"].Bind(visible).Bind(delivery.Id).Bind(delivery.Receipt).Execute() == 1,
            cancellationToken);
    }
}
