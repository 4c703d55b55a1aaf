using System.Text;
using Certrelay.Records;

namespace Certrelay.CrashHost;

/// <summary>A work queue whose every nudge of a step is a boundary; with <paramref name="twice"/> each message is sent twice.</summary>
internal sealed class BoundaryQueue(IWorkQueue inner, Boundaries boundaries, bool twice) : IWorkQueue
{
    public async Task SendAsync(string queue, ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellationToken)
    {
        if (twice)
            await inner.SendAsync(queue, body, delay, cancellationToken);
        await boundaries.PassAsync(PassageOf(queue, body), async () =>
        {
            await inner.SendAsync(queue, body, delay, cancellationToken);
            return true;
        });
    }

    public Task<int> CountAsync(string queue, CancellationToken cancellationToken) => inner.CountAsync(queue, cancellationToken);

    private Passage? PassageOf(string queue, ReadOnlyMemory<byte> body) =>
        queue is QueueNames.Deploy or QueueNames.Verify && StepId.Parse(Nudge.Read(Encoding.UTF8.GetString(body.Span))) is var (_, target)
            ? boundaries.LifeOf(target).Nudged()
            : null;
}
