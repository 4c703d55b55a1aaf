namespace Certrelay.Simulators.Aws;

/// <summary>A value that takes effect some time after it was set, as everything does that has to reach many machines.</summary>
internal sealed class Settling<T>(T first, TimeProvider time)
{
    private readonly List<(DateTimeOffset From, T Value)> _values = [(DateTimeOffset.MinValue, first)];

    /// <summary>What was set last, in effect or not: what reads show.</summary>
    public T Latest => _values[^1].Value;

    /// <summary>What handshakes show.</summary>
    public T InEffect => _values.Last(one => one.From <= time.GetUtcNow()).Value;

    public bool IsSettled => _values[^1].From <= time.GetUtcNow();

    public void Set(T value, TimeSpan after) => _values.Add((time.GetUtcNow() + after, value));

    /// <summary>What was set last, and what was replaced less than a time ago.</summary>
    public IEnumerable<T> Within(TimeSpan past)
    {
        yield return Latest;
        for (var i = _values.Count - 2; i >= 0 && _values[i + 1].From > time.GetUtcNow() - past; i--)
            yield return _values[i].Value;
    }
}
