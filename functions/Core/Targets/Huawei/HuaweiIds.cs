using System.Collections.Concurrent;

namespace Certrelay.Targets.Huawei;

/// <summary>Ids of projects and accounts, which never change: each is asked for once by this process.</summary>
public sealed class HuaweiIds
{
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>The id under a key, asked for when it is not known yet.</summary>
    internal async Task<string> GetAsync(string key, Func<Task<string>> ask) => _known.TryGetValue(key, out var known) ? known : _known.GetOrAdd(key, await ask());
}
