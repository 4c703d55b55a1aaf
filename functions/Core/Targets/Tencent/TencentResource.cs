using Certrelay.Certificates;

namespace Certrelay.Targets.Tencent;

/// <summary>One resource of a product as read, and the way to bind another certificate there.</summary>
/// <param name="Id">As the target's state names it: a domain, <c>lb-1|lbl-1</c>, <c>lb-1|lbl-1|www.example.com</c>.</param>
/// <param name="Bound">The id of the certificate there, several of different key types joined by commas; null where there is none from the store.</param>
/// <param name="BindAsync">Binds what is given in the form of <paramref name="Bound"/> (empty: nothing) and returns the id of the vendor's task, empty without one.</param>
internal sealed record TencentResource(string Id, string? Bound, Func<string, CancellationToken, Task<string>> BindAsync)
{
    /// <summary>True while the vendor works on it.</summary>
    public bool Settling { get; init; }

    /// <summary>Why the vendor's last change came to nothing; null when it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>Resources of one group take one change at a time; empty: each for itself.</summary>
    public string Group { get; init; } = "";

    /// <summary>Whether what is bound can be bound again.</summary>
    public bool Restorable { get; init; } = true;

    /// <summary>Why the target would not take a write; null when it would.</summary>
    public string? Refusal { get; init; }

    /// <summary>How a task fares (running; else its fault or null), where changes are tasks.</summary>
    public Func<string, CancellationToken, Task<(bool Running, string? Fault)>>? TaskAsync { get; init; }

    /// <summary>What to bind so that a new certificate, whose leaf is given too, takes the place of the former one of its key type; null where only one can be bound.</summary>
    public Func<string, CertificateRecord, CancellationToken, Task<string>>? MergeAsync { get; init; }

    /// <summary>True when the same certificates are meant, in whatever order.</summary>
    public static bool IsSame(string? one, string? other) =>
        (one ?? "").Split(',').Order(StringComparer.Ordinal).SequenceEqual((other ?? "").Split(',').Order(StringComparer.Ordinal), StringComparer.Ordinal);
}
