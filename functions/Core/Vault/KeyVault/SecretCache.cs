using System.Security.Cryptography;

namespace Certrelay.Vault.KeyVault;

/// <summary>
/// Secrets of accounts as they were read, each for a minute and then zeroed: a rollout to many targets opens the same account for every call. Nothing else is kept; a
/// private key never is.
/// </summary>
internal sealed class SecretCache(TimeProvider time) : IDisposable
{
    private const string Accounts = "acc-";
    private const int Most = 1000;

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<VaultReference, (byte[] Value, ITimer End)> _kept = [];

    /// <summary>A copy of what is kept; null when nothing is.</summary>
    public Secret? Find(VaultReference reference)
    {
        lock (_lock)
            return _kept.TryGetValue(reference, out var kept) ? new Secret(Copy(kept.Value)) : null;
    }

    /// <summary>Keeps a copy when the secret is an account's.</summary>
    public void Keep(VaultReference reference, ReadOnlySpan<byte> value)
    {
        if (!reference.Name.StartsWith(Accounts, StringComparison.Ordinal))
            return;
        lock (_lock)
        {
            if (_kept.Count < Most && !_kept.ContainsKey(reference))
                _kept.Add(reference, (Copy(value), time.CreateTimer(_ => Drop(reference.Equals), null, Life, Timeout.InfiniteTimeSpan)));
        }
    }

    public void Drop(VaultReference reference) => Drop(reference.Equals);

    public void Drop(string name) => Drop(kept => string.Equals(kept.Name, name, StringComparison.Ordinal));

    public void Dispose() => Drop(static _ => true);

    private void Drop(Predicate<VaultReference> which)
    {
        lock (_lock)
        {
            foreach (var reference in _kept.Keys.Where(kept => which(kept)).ToList())
            {
                _kept.Remove(reference, out var dropped);
                CryptographicOperations.ZeroMemory(dropped.Value);
                dropped.End.Dispose();
            }
        }
    }

    private static byte[] Copy(ReadOnlySpan<byte> value)
    {
        var copy = GC.AllocateUninitializedArray<byte>(value.Length, pinned: true);
        value.CopyTo(copy);
        return copy;
    }
}
