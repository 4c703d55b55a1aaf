using Certrelay.Records;

namespace Certrelay.CrashHost;

/// <summary>
/// Names the writes of one step by what they mean, from the records alone: the state that the move began in, then what is written. The second move from the same state
/// is told apart as <c>#2</c>, so that every name is passed once in a rollout without a fault.
/// </summary>
internal sealed class StepLife(string subject)
{
    private readonly Dictionary<StepState, int> _moves = [];
    private StepState _state;
    private string _move = "";
    private Lease? _lease;
    private bool _released;

    public Passage LeaseTaken(Lease lease)
    {
        var count = _moves.GetValueOrDefault(_state) + 1;
        var move = count == 1 ? $"{_state}" : $"{_state} #{count}";
        return new Passage(subject, $"{move}: lease taken", () => (_moves[_state], _move, _lease, _released) = (count, move, lease, false));
    }

    /// <summary>Null for a renewal: how many there are depends on the machine.</summary>
    public Passage? LeaseWritten(Lease lease) => lease.Fence == _lease?.Fence ? null : LeaseTaken(lease);

    public Passage LeaseReleased() => Of("lease released", () => _released = true);

    public Passage Hint(DateTimeOffset moment) => Of(moment == _lease?.Until ? "hint of the lease's end" : "hint of what follows");

    public Passage HintDropped(DateTimeOffset moment) => Of(moment == _lease?.Until ? "hint of the lease's end dropped" : "hint of this move dropped");

    public Passage CleanupHint() => Of("hint of the clean-up");

    public Passage MaterialSaved() => Of("material for a restore saved");

    public Passage KeySaved() => new(subject, "key saved", static () => { });

    public Passage Intent(StepState state) => Of($"intent {state}", () => _state = state);

    public Passage Outcome(StepState state) => Of($"outcome {state}", () => _state = state);

    public Passage RolloutSaved(RolloutState state) => Of($"rollout {state}");

    /// <summary>Null while the move runs: then it is a timer that nudges, at a minute of its own.</summary>
    public Passage? Nudged() => _released ? Of("next move nudged") : null;

    private Passage Of(string what, Action? passed = null) => new(subject, $"{_move}: {what}", passed ?? (static () => { }));
}
