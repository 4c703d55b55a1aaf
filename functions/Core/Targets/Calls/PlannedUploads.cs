using System.Collections.Concurrent;

namespace Certrelay.Targets.Calls;

/// <summary>The uploads of one plan: one a store and fingerprint, as a rollout makes them, however many targets need it.</summary>
public sealed class PlannedUploads
{
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _ids = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<PlannedCall> _calls = [];

    /// <summary>The calls, ordered by what they are about.</summary>
    public IReadOnlyList<PlannedCall> Calls => [.. _calls.OrderBy(static call => call.Action, StringComparer.Ordinal).ThenBy(static call => call.Resource, StringComparer.Ordinal)];

    internal Task<string> OnceAsync(string key, Func<Task<string>> make) => _ids.GetOrAdd(key, _ => new Lazy<Task<string>>(make)).Value;

    internal void Add(IEnumerable<PlannedCall> calls)
    {
        foreach (var call in calls)
            _calls.Add(call);
    }
}
