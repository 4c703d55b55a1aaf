using Certrelay.Certificates;

namespace Certrelay.Targets.Alibaba;

/// <summary>One resource of a product as read, and the calls that bind another certificate there.</summary>
/// <param name="Id">As the target's state names it: a domain, a listener, a listener with a domain.</param>
/// <param name="Bound">The certificate there in the product's own form, several joined by commas; null where there is none.</param>
/// <param name="Steps">
/// The calls that bring what is wanted (in the form of <paramref name="Bound"/>; empty: nothing) from what is there now, in their order; each tells the number of
/// the vendor's job, or null where there is none.
/// </param>
internal sealed record AlibabaResource(string Id, string? Bound, Func<string, IReadOnlyList<Func<CancellationToken, Task<string?>>>> Steps)
{
    /// <summary>True while the vendor works on it.</summary>
    public bool Settling { get; init; }

    /// <summary>Resources of one group take one change at a time; empty: each for itself.</summary>
    public string Group { get; init; } = "";

    /// <summary>Why the target would not take a write; null when it would.</summary>
    public Finding? Refusal { get; init; }

    /// <summary>The leaf where the product itself shows it; null where only the store can tell.</summary>
    public Fingerprint? Shown { get; init; }

    /// <summary>Whether nothing can be bound again, where nothing is bound.</summary>
    public bool CanBeEmpty { get; init; }

    /// <summary>True where reads list several certificates and tell not which one is served: what was asked for counts once it is among them.</summary>
    public bool IsOneOf { get; init; }

    /// <summary>How many looks a change may take until reads show it: they are ten seconds apart after the first three.</summary>
    public int LooksUntilShown { get; init; } = 6;

    /// <summary>Another way to the same end, taken once where the vendor took the calls and nothing moved; shown in the plan behind them. Null: there is none.</summary>
    public Func<string, CancellationToken, Task>? Otherwise { get; init; }

    /// <summary>A resource that one call changes.</summary>
    public static AlibabaResource Of(string id, string? bound, Func<string, CancellationToken, Task> bind) => OfJob(id, bound, async (wanted, token) =>
    {
        await bind(wanted, token);
        return null;
    });

    /// <summary>A resource that one call changes, by a job of the vendor's.</summary>
    public static AlibabaResource OfJob(string id, string? bound, Func<string, CancellationToken, Task<string?>> bind) => new(id, bound, wanted => [token => bind(wanted, token)]);

    /// <summary>A resource that takes no write, with the reason.</summary>
    public static AlibabaResource Unfit(string id, FindingCode code, string why) =>
        new(id, null, _ => throw new Permanent(code.Code, why)) { Refusal = code.At(id, why) };

    /// <summary>True when what is wanted is there.</summary>
    /// <param name="isAskedFor">True once a call has asked for it.</param>
    public bool Has(string wanted, bool isAskedFor) => IsSame(Bound, wanted) || (IsOneOf && isAskedFor && Bound?.Split(',').Contains(wanted, StringComparer.Ordinal) == true);

    /// <summary>True when the same certificates are meant, in whatever order.</summary>
    public static bool IsSame(string? one, string? other) =>
        (one ?? "").Split(',').Order(StringComparer.Ordinal).SequenceEqual((other ?? "").Split(',').Order(StringComparer.Ordinal), StringComparer.Ordinal);
}

/// <summary>What a store tells of a certificate that it holds.</summary>
/// <param name="Fingerprint">Null where it does not tell.</param>
internal sealed record StoredLeaf(Fingerprint? Fingerprint)
{
    public static StoredLeaf? Of(CasCertificate? certificate) => certificate is null ? null : new StoredLeaf(certificate.Fingerprint);
}

/// <summary>A job of the vendor's behind one call.</summary>
/// <param name="Fault">Why it came to nothing; null while it runs, and when it did what was asked.</param>
internal sealed record VendorJob(bool IsOver, Failure? Fault = null)
{
    /// <summary>One that ended well, or that the vendor knows no more.</summary>
    public static VendorJob Done { get; } = new(IsOver: true);

    public static VendorJob Running { get; } = new(IsOver: false);
}

/// <summary>A product whose resources are bound to certificates of the store.</summary>
internal interface IAlibabaProduct
{
    /// <summary>When to look again at a change that is on its way.</summary>
    TimeSpan PollAfter { get; }

    /// <summary>The resources that the settings name; those that are not there as <see cref="AlibabaResource.Unfit"/>.</summary>
    Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>The certificate in the form of <see cref="AlibabaResource.Bound"/> that a resource shall have; may put it into a store of the product's own.</summary>
    Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken);

    /// <summary>What is bound; null where no store knows it, so that it cannot be bound again.</summary>
    Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken);

    /// <summary>How far a job is that a step started; asked where the resource is at rest and shows nothing new.</summary>
    Task<VendorJob> JobAsync(string job, CancellationToken cancellationToken) => Task.FromResult(VendorJob.Done);

    /// <summary>Removes superseded uploads of ours from a store of the product's own.</summary>
    Task RetireAsync(string certificate, CancellationToken cancellationToken) => Task.CompletedTask;
}
