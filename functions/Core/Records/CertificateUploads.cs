using Certrelay.Certificates;
using Certrelay.Records.Lists;
using Certrelay.Vault;

namespace Certrelay.Records;

/// <summary>Stores what was uploaded, or found in the vault, as versions of certificates.</summary>
public sealed class CertificateUploads(
    IRecordStore store, CertificateRegistry registry, VersionKeys keys, CertificateIndex index, ListIndex lists, Due due, KeepOptions keep, TimeProvider time)
{
    /// <summary>
    /// Stores an accepted inspection as the current version of a lineage, which is made when it is new. The same leaf again changes nothing; the same leaf under
    /// another name is refused with <c>record.duplicate</c>, and so is what an enforced policy refuses. The key enters the vault before the version is written; one
    /// that comes later joins its leaf. A leaf without a key never follows one that has its key here or is newer (<c>record.watched-only</c>).
    /// </summary>
    public Task<UploadResult> StoreAsync(string name, CertificateInspection inspection, LineageDetails details, CancellationToken cancellationToken) =>
        WriteAsync(name, inspection, details, adopted: null, cancellationToken);

    /// <summary>
    /// As <see cref="StoreAsync"/> for a certificate that exists and a version that lies in the vault already, which
    /// then holds the key; it owes a rollout. Without a version and without an error the certificate was deleted meanwhile.
    /// </summary>
    public Task<UploadResult> AdoptAsync(string name, CertificateInspection inspection, VaultReference key, CancellationToken cancellationToken) =>
        WriteAsync(name, inspection, new LineageDetails(), key, cancellationToken);

    private async Task<UploadResult> WriteAsync(
        string name, CertificateInspection inspection, LineageDetails details, VaultReference? adopted, CancellationToken cancellationToken)
    {
        var leaf = inspection.Leaf ?? throw new ArgumentException("An inspection without a leaf cannot be stored.", nameof(inspection));
        while (true)
        {
            var before = await store.ReadAsync<LineageRecord>(LineageRecord.Key(name), cancellationToken);
            // With the certificate the vault's version goes too.
            if (adopted is not null && before is not { Value.Deleting: false })
                return new UploadResult(inspection.Findings, null, null, Created: false);
            if (before is { Value.Deleting: true })
            {
                // Under the same name, so that nothing of the old certificate comes back with the new one.
                await registry.CleanUpAsync(name, cancellationToken);
                continue;
            }

            var now = time.GetUtcNow();
            var described = Described(name, before?.Value, details, leaf, now);
            IReadOnlyList<Finding> findings = [.. inspection.Findings, .. described.Policy];
            if (Refuses(inspection, described.Policy))
                return new UploadResult(findings, null, null, Created: false);
            if (inspection.PrivateKey is null && before is not null && !MayFollow(before.Value, leaf) && await FindAsync(name, leaf.Fingerprint, cancellationToken) is null)
                return new UploadResult([.. findings, FindingCodes.RecordWatchedOnly.At(name)], null, null, Created: false);
            var holder = await index.ClaimAsync(leaf.Fingerprint, name, cancellationToken);
            if (holder != name)
                return new UploadResult([.. findings, Duplicate(holder)], null, null, Created: false);
            if (await FindAsync(name, leaf.Fingerprint, cancellationToken) is { } same)
            {
                if (HasAnotherPair(same, inspection))
                    return new UploadResult([.. findings, FindingCodes.RecordPair.At(name)], null, null, Created: false);
                if (before is null || !Completes(inspection, same))
                    return new UploadResult(findings, before?.Value, same, Created: false);
                if (await AddKeyAsync(before, same, inspection, adopted, cancellationToken) is { } complete)
                    return complete;
                continue;
            }

            // Again at each turn: whoever deleted the certificate meanwhile has removed its keys too.
            var key = adopted ?? (inspection.PrivateKey is { } secret ? await keys.SaveAsync(name, leaf.Fingerprint, secret, cancellationToken) : null);
            var sequence = (before?.Value.Last ?? 0) + 1;
            var version = Describe(name, sequence, leaf, inspection, now) with { Key = key, Encryption = await SavePairAsync(name, inspection, cancellationToken), RolloutOwed = adopted is not null };
            var lineage = described with { Current = sequence, Last = sequence, Updated = now, Leaf = CurrentLeaf.Of(version) };
            var listed = await lists.BeginAsync(before?.Value, lineage, cancellationToken);
            if (before is not null && keep.HintOf(before.Value, now) is { } hint)
                await due.PutAsync(hint, cancellationToken);
            try
            {
                var check = CheckRecord.Draw(version, now);
                await due.PutAsync(check.Hint!, cancellationToken);
                var revocation = RevocationRecord.First(name, sequence, leaf, now);
                if (revocation?.Hint is { } question)
                    await due.PutAsync(question, cancellationToken);
                await store.WriteAsync(
                    [
                        new RecordChange.Put(CheckRecord.Key(name), check.ToBody()),
                        .. ChangeOf(revocation, before),
                        before is null
                            ? new RecordChange.Insert(LineageRecord.Key(name), lineage.ToBody())
                            : new RecordChange.Replace(before.Key, lineage.ToBody(), before.ETag),
                        new RecordChange.Insert(VersionRecord.RowKey(name, sequence), version.ToBody()),
                    ], cancellationToken);
                await listed.EndAsync(cancellationToken);
                return new UploadResult(findings, lineage, version, Created: true);
            }
            catch (RecordConflictException)
            {
                // Another upload to the same lineage was faster: the next number is ours.
            }
        }
    }

    /// <summary>What <see cref="StoreAsync"/> would come to now; changes nothing.</summary>
    public async Task<UploadPlan> PlanAsync(string name, CertificateInspection inspection, LineageDetails details, CancellationToken cancellationToken)
    {
        var lineage = (await registry.ReadAsync(name, cancellationToken))?.Value;
        var breaches = Described(name, lineage, details, inspection.Leaf, time.GetUtcNow()).Policy;
        List<Finding> findings = [.. inspection.Findings, .. breaches];
        if (inspection.Leaf is { } known && await index.HolderAsync(known.Fingerprint, cancellationToken) is { } holder && holder != name)
            findings.Add(Duplicate(holder));
        if (inspection.Leaf is not { } leaf || findings.Except(breaches).Any(static finding => finding.Severity is Severity.Error) || Refuses(inspection, breaches))
            return new UploadPlan(findings, UploadEffect.Refused, null);
        if (lineage is null)
            return new UploadPlan(findings, UploadEffect.NewCertificate, 1);
        if (await FindAsync(name, leaf.Fingerprint, cancellationToken) is { } same)
        {
            return HasAnotherPair(same, inspection)
                ? new UploadPlan([.. findings, FindingCodes.RecordPair.At(name)], UploadEffect.Refused, null)
                : new UploadPlan(findings, Completes(inspection, same) ? UploadEffect.KeyAdded : UploadEffect.Unchanged, same.Sequence);
        }

        return inspection.PrivateKey is not null || MayFollow(lineage, leaf)
            ? new UploadPlan(findings, UploadEffect.NewVersion, lineage.Last + 1)
            : new UploadPlan([.. findings, FindingCodes.RecordWatchedOnly.At(name)], UploadEffect.Refused, null);
    }

    /// <summary>Gives a version what it lacks, its key with the chain that came with it or the second certificate of its pair; null when the certificate changed meanwhile.</summary>
    private async Task<UploadResult?> AddKeyAsync(
        Stored<LineageRecord> before, VersionRecord watched, CertificateInspection inspection, VaultReference? adopted, CancellationToken cancellationToken)
    {
        var (name, rowKey) = (before.Value.Name, VersionRecord.RowKey(watched.Certificate, watched.Sequence));
        if (await store.ReadAsync<VersionRecord>(rowKey, cancellationToken) is not { } row || !Completes(inspection, row.Value))
            return null;
        var version = row.Value with
        {
            Key = row.Value.Key ?? adopted ?? await keys.SaveAsync(name, watched.Fingerprint, inspection.PrivateKey!, cancellationToken),
            Encryption = row.Value.Encryption ?? await SavePairAsync(name, inspection, cancellationToken),
            NotBefore = Later(row.Value.NotBefore, inspection.Encryption?.NotBefore),
            NotAfter = Earlier(row.Value.NotAfter, inspection.Encryption?.NotAfter),
            RolloutOwed = row.Value.RolloutOwed || adopted is not null,
            // A pair may be completed by the two leaves alone.
            Chain = row.Value.Key is not null && inspection.Chain.Count == 0 ? row.Value.Chain : [.. inspection.Chain.Select(issuer => issuer.Der.ToArray())],
            Root = inspection.Root?.Der.ToArray() ?? row.Value.Root,
            Findings = inspection.Findings,
        };
        var isCurrent = before.Value.Current == version.Sequence;
        var lineage = before.Value with { Updated = time.GetUtcNow(), Leaf = isCurrent ? CurrentLeaf.Of(version) : before.Value.Leaf };
        var listed = await lists.BeginAsync(before.Value, lineage, cancellationToken);
        try
        {
            await store.WriteAsync(
                [new RecordChange.Replace(before.Key, lineage.ToBody(), before.ETag), new RecordChange.Replace(rowKey, version.ToBody(), row.ETag)], cancellationToken);
        }
        catch (RecordConflictException)
        {
            return null;
        }

        await listed.EndAsync(cancellationToken);
        return new UploadResult([.. inspection.Findings, .. lineage.Policy], lineage, version, Created: false);
    }

    /// <summary>Whether a policy keeps an upload out. What is only watched is out there already: not seeing it would mend nothing.</summary>
    private static bool Refuses(CertificateInspection inspection, IEnumerable<Finding> breaches) =>
        inspection.PrivateKey is not null && breaches.Any(static breach => breach.Severity is Severity.Error);

    /// <summary>True when an upload has what the stored version of the same leaf lacks.</summary>
    private static bool Completes(CertificateInspection inspection, VersionRecord version) =>
        inspection.PrivateKey is not null && !version.Removing && (version.Key is null || (version.Encryption is null && inspection.EncryptionKey is not null));

    private static bool HasAnotherPair(VersionRecord version, CertificateInspection inspection) =>
        version.Encryption is { } pair && inspection.Encryption is { } sent && pair.Fingerprint != sent.Fingerprint;

    /// <summary>The second certificate of a pair, its key in the vault; null where none came.</summary>
    private async Task<EncryptionRecord?> SavePairAsync(string name, CertificateInspection inspection, CancellationToken cancellationToken) => inspection is { Encryption: { } leaf, EncryptionKey: { } key }
        ? EncryptionRecord.Of(leaf, await keys.SaveAsync(name, leaf.Fingerprint, key, cancellationToken))
        : null;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;

    /// <summary>Whether a leaf without its key may become the current one: new rollouts take that, and lists show it.</summary>
    private static bool MayFollow(LineageRecord lineage, CertificateRecord leaf) =>
        lineage.Leaf is { HasKey: false } current && current.NotBefore <= leaf.NotBefore;

    /// <summary>A certificate with what an upload says about it, held against the policy.</summary>
    private LineageRecord Described(string name, LineageRecord? before, LineageDetails details, CertificateRecord? leaf, DateTimeOffset now)
    {
        var described = details.ApplyTo(before ?? new LineageRecord { Name = name, Current = 0, Last = 0, Created = now, Updated = now });
        return described with { Policy = registry.Judge(described, leaf) };
    }

    private static IEnumerable<RecordChange> ChangeOf(RevocationRecord? revocation, Stored<LineageRecord>? before)
    {
        if (revocation is not null)
            yield return new RecordChange.Put(RevocationRecord.Key(revocation.Certificate), revocation.ToBody());
        else if (before is not null)
            yield return new RecordChange.Delete(RevocationRecord.Key(before.Value.Name), null);
    }

    private static Finding Duplicate(string holder) => FindingCodes.RecordDuplicate.At(holder, $"The same certificate is stored as {holder}.");

    private async Task<VersionRecord?> FindAsync(string name, Fingerprint fingerprint, CancellationToken cancellationToken)
    {
        await foreach (var version in registry.VersionsAsync(name, cancellationToken))
        {
            if (version.Fingerprint == fingerprint)
                return version;
        }

        return null;
    }

    private static VersionRecord Describe(string name, int sequence, CertificateRecord leaf, CertificateInspection inspection, DateTimeOffset now) => new()
    {
        Certificate = name,
        Sequence = sequence,
        Fingerprint = leaf.Fingerprint,
        Names = [.. leaf.Names.Select(subject => subject.Value)],
        Subject = leaf.Subject,
        Issuer = leaf.Issuer,
        Serial = leaf.Serial,
        NotBefore = Later(leaf.NotBefore, inspection.Encryption?.NotBefore),
        NotAfter = Earlier(leaf.NotAfter, inspection.Encryption?.NotAfter),
        KeyAlgorithm = leaf.PublicKey.Algorithm.ToString(),
        SignatureAlgorithm = leaf.SignatureAlgorithm.Name,
        Leaf = leaf.Der.ToArray(),
        Chain = [.. inspection.Chain.Select(issuer => issuer.Der.ToArray())],
        Root = inspection.Root?.Der.ToArray(),
        Findings = inspection.Findings,
        Created = now,
    };
}
