using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Certrelay;

/// <summary>What was worked out before, for so many keys; beyond them everything is forgotten at once, which needs no account of what was used when.</summary>
public sealed class BoundedCache<TKey, TValue>(int most, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> _known = new(comparer);
    private int _count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _known.TryGetValue(key, out value);

    public void Set(TKey key, TValue value)
    {
        if (!_known.TryAdd(key, value))
        {
            _known[key] = value;
            return;
        }

        if (Interlocked.Increment(ref _count) <= most)
            return;
        _known.Clear();
        Volatile.Write(ref _count, 0);
    }
}
