using Certrelay.Certificates;
using Certrelay.Targets.Accounts;

namespace Certrelay.App.Triggers;

/// <summary>What a check of an account showed.</summary>
public sealed record AccountProofView
{
    public required string Account { get; init; }

    /// <summary>Whether the vendor takes the credentials; absent when it did not answer.</summary>
    public bool? Accepted { get; init; }

    public required IReadOnlyList<KindProofView> Kinds { get; init; }

    public static AccountProofView Of(string account, AccountProof proof) => new()
    {
        Account = account,
        Accepted = proof.Accepted,
        Kinds = [.. proof.Kinds.Select(static kind => new KindProofView(kind.Kind, kind.Reads, kind.Code, kind.Message, kind.Needs))],
    };
}

/// <summary>What an account may do for one kind of target.</summary>
/// <param name="Reads">Whether the kind's read was allowed; absent when it was not tried.</param>
/// <param name="Needs">What a policy has to allow for the kind; writes are not tried.</param>
public sealed record KindProofView(string Kind, bool? Reads, string? Code, string? Message, IReadOnlyList<string> Needs);

/// <summary>A certificate in a vendor's store.</summary>
public sealed record StoredUploadView
{
    /// <summary>The vendor's id.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>SHA-256 of the leaf, where the store tells it or it is known here.</summary>
    public Fingerprint? Fingerprint { get; init; }

    /// <summary>The certificate here with the same leaf.</summary>
    public string? Certificate { get; init; }

    /// <summary>Whether it was uploaded from here: only then it is ever removed from here.</summary>
    public required bool Ours { get; init; }

    public static StoredUploadView Of(ListedUpload listed) => new()
    {
        Id = listed.Upload.Id,
        Name = listed.Upload.Name,
        Names = listed.Upload.Names,
        NotAfter = listed.Upload.NotAfter,
        Fingerprint = listed.Upload.Fingerprint,
        Certificate = listed.Certificate,
        Ours = listed.Ours,
    };
}
