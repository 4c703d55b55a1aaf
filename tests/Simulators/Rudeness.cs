namespace Certrelay.Simulators;

/// <summary>What a simulator does to a call instead of answering it well.</summary>
public enum Fault
{
    /// <summary>Refused as too frequent, with the delay where the vendor names one.</summary>
    Throttle,

    /// <summary>A server error without the vendor's error shape.</summary>
    ServerError,

    /// <summary>Answered well, but late.</summary>
    Slow,
}

/// <summary>One fault to come: for the next calls of an action (<c>*</c>: any), each with its delay.</summary>
public sealed record FaultRule(string Action, Fault Fault, int Times, TimeSpan Delay);

/// <summary>The faults that a simulator has been told to make, in their order.</summary>
public sealed class Rudeness(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<FaultRule> _rules = [];

    /// <summary>Adds a fault for the next calls.</summary>
    public void Add(FaultRule rule)
    {
        lock (_lock)
            _rules.Add(rule);
    }

    /// <summary>Forgets every fault that has not been made.</summary>
    public void Clear()
    {
        lock (_lock)
            _rules.Clear();
    }

    /// <summary>The fault for this call, which is then spent; a slow one has been waited for. Null: answer well.</summary>
    public async Task<FaultRule?> NextAsync(string action, CancellationToken cancellationToken)
    {
        FaultRule? rule;
        lock (_lock)
        {
            var index = _rules.FindIndex(rule => rule.Action == "*" || rule.Action == action);
            if (index < 0)
                return null;
            rule = _rules[index];
            if (rule.Times > 1)
                _rules[index] = rule with { Times = rule.Times - 1 };
            else
                _rules.RemoveAt(index);
        }

        if (rule.Fault != Fault.Slow)
            return rule;
        await Task.Delay(rule.Delay, time, cancellationToken);
        return null;
    }
}
