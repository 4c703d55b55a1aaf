using System.Collections.Concurrent;

namespace Certrelay.Watch.Revocation;

/// <summary>Answers by a key, each until a moment, in a bounded room; whoever asks for one that is not there asks alone, and the others wait for it.</summary>
internal sealed class KeptAnswers<T>(TimeProvider time)
    where T : class
{
    private const int Most = 256;
    private const long MostBytes = 64L * 1024 * 1024;

    private readonly ConcurrentDictionary<string, (T Answer, DateTimeOffset Until)> _kept = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(static _ => new SemaphoreSlim(1))];
    private long _bytes;

    /// <summary>The kept answer to a key, or a new one, which is kept when <paramref name="ask"/> says until when and how many bytes it holds.</summary>
    public async Task<T> GetAsync(string key, Func<Task<(T Answer, DateTimeOffset? Until, int Bytes)>> ask, CancellationToken cancellationToken)
    {
        if (Find(key) is { } known)
            return known;
        var turn = _turns[(uint)StringComparer.Ordinal.GetHashCode(key) % _turns.Length];
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (Find(key) is { } meanwhile)
                return meanwhile;
            var (answer, until, bytes) = await ask();
            if (until > time.GetUtcNow())
                Keep(key, answer, until.Value, bytes);
            return answer;
        }
        finally
        {
            turn.Release();
        }
    }

    private T? Find(string key) => _kept.TryGetValue(key, out var kept) && kept.Until > time.GetUtcNow() ? kept.Answer : null;

    private void Keep(string key, T answer, DateTimeOffset until, int bytes)
    {
        // Seldom full; starting anew costs each source one request.
        if (_kept.Count >= Most || Interlocked.Read(ref _bytes) + bytes > MostBytes)
        {
            _kept.Clear();
            Interlocked.Exchange(ref _bytes, 0);
        }

        _kept[key] = (answer, until);
        Interlocked.Add(ref _bytes, bytes);
    }
}
