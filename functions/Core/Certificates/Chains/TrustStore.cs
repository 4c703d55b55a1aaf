namespace Certrelay.Certificates;

/// <summary>Authorities that some clients trust, under the name by which people know those clients: <c>system</c>, <c>java</c>, <c>devices</c>.</summary>
public sealed class TrustStore(string name, Func<TrustedRoots> roots)
{
    private readonly Lazy<TrustedRoots> _roots = new(roots);

    public string Name { get; } = name;

    /// <summary>Read at the first use.</summary>
    public TrustedRoots Roots => _roots.Value;
}

/// <summary>Whether a trust store accepts a chain at a moment.</summary>
/// <param name="Root">The root of the store that the chain leads to; null where it is not accepted.</param>
/// <param name="Why">Why it is not accepted, as a sentence; null where it is.</param>
public sealed record StoreVerdict(string Store, bool Accepted, string? Root, string? Why);
