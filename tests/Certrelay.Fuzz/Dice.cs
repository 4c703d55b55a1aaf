namespace Certrelay.Fuzz;

/// <summary>Repeatable numbers: a failure comes back with the same seed.</summary>
internal sealed class Dice(uint seed)
{
    // Never zero, where this generator stays (Marsaglia's xorshift32).
    private uint _state = seed is 0 ? 2463534242 : seed;

    public int Below(int limit)
    {
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return (int)((ulong)_state * (uint)limit >> 32);
    }

    public bool OneIn(int times) => Below(times) is 0;
}
