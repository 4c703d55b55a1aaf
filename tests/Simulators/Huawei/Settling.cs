namespace Certrelay.Simulators.Huawei;

/// <summary>A value whose change is seen only after a while, as at the edge of a network.</summary>
internal sealed class Settling<T>(TimeProvider time, T first)
{
    // One reference, because handshakes read while a call writes.
    private volatile State _state = new(first, first, DateTimeOffset.MinValue);

    /// <summary>True until the last change is seen.</summary>
    public bool IsMoving => time.GetUtcNow() < _state.Due;

    /// <summary>What is seen now.</summary>
    public T Seen => _state is var state && time.GetUtcNow() < state.Due ? state.Old : state.Next;

    /// <summary>What will be seen in the end.</summary>
    public T Last => _state.Next;

    public void Change(T value, TimeSpan after) => _state = new State(Seen, value, time.GetUtcNow() + after);

    private sealed record State(T Old, T Next, DateTimeOffset Due);
}
