using Certrelay.Certificates;
using Certrelay.Records.Lists;
using Certrelay.Vault;

namespace Certrelay.Records;

/// <summary>Stores what was uploaded, or found in the vault, as versions of certificates.</summary>
public sealed class CertificateUploads(
    IRecordStore store, CertificateRegistry registry, VersionKeys keys, CertificateIndex index, ListIndex lists, SeenAuthorities seen, RsaModuli moduli, IWorkQueue queue, Due due, KeepOptions keep, TimeProvider time)
{
    /// <summary>
    /// Stores an accepted inspection as the current version of a lineage, which is made when it is new. The same leaf again changes nothing; the same leaf under
    /// another name is refused with <c>record.duplicate</c>, and so is what an enforced policy refuses. The key enters the vault before the version is written; one
    /// that comes later joins its leaf, and so do intermediates that it lacked. What a chain still lacks is searched for afterwards. A leaf without a key never follows one that has its key here or is newer (<c>record.watched-only</c>).
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
                if (UploadCompletion.HasAnotherPair(same, inspection))
                    return new UploadResult([.. findings, FindingCodes.RecordPair.At(name)], null, null, Created: false);
                var effect = before is null ? UploadEffect.Unchanged : UploadCompletion.EffectOf(same, inspection);
                if (effect is UploadEffect.Unchanged)
                    return new UploadResult(findings, before?.Value, same, Created: false);
                var completed = effect is UploadEffect.ChainAdded
                    ? await AddChainAsync(before!, same, inspection, cancellationToken)
                    : await AddKeyAsync(before!, same, inspection, adopted, cancellationToken);
                if (completed is not null)
                    return completed;
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
                // What is watched only is served as it is, whatever it lacks.
                var validation = key is null ? null : ValidationRecord.First(name, sequence, inspection, now);
                if (validation?.Hint is { } search)
                    await due.PutAsync(search, cancellationToken);
                await store.WriteAsync(
                    [
                        new RecordChange.Put(CheckRecord.Key(name), check.ToBody()),
                        ChangeOf(RevocationRecord.Key(name), revocation),
                        ChangeOf(ValidationRecord.Key(name), validation),
                        before is null
                            ? new RecordChange.Insert(LineageRecord.Key(name), lineage.ToBody())
                            : new RecordChange.Replace(before.Key, lineage.ToBody(), before.ETag),
                        new RecordChange.Insert(VersionRecord.RowKey(name, sequence), version.ToBody()),
                    ], cancellationToken);
                await listed.EndAsync(cancellationToken);
                await seen.NoteAsync(inspection.Chain.Concat(inspection.Alternates), cancellationToken);
                await moduli.NoteAsync(version, cancellationToken);
                if (validation?.Hint is { } begin)
                    await queue.SendAsync(QueueNames.Validate, Nudge.Write(begin), TimeSpan.Zero, cancellationToken);
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
            return UploadCompletion.HasAnotherPair(same, inspection)
                ? new UploadPlan([.. findings, FindingCodes.RecordPair.At(name)], UploadEffect.Refused, null)
                : new UploadPlan(findings, UploadCompletion.EffectOf(same, inspection), same.Sequence);
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
        if (await store.ReadAsync<VersionRecord>(rowKey, cancellationToken) is not { } row || !UploadCompletion.Completes(inspection, row.Value))
            return null;
        var version = row.Value with
        {
            Key = row.Value.Key ?? adopted ?? await keys.SaveAsync(name, watched.Fingerprint, inspection.PrivateKey!, cancellationToken),
            Encryption = row.Value.Encryption ?? await SavePairAsync(name, inspection, cancellationToken),
            NotBefore = Later(row.Value.NotBefore, inspection.Encryption?.NotBefore),
            NotAfter = Earlier(row.Value.NotAfter, inspection.Encryption?.NotAfter),
            RolloutOwed = row.Value.RolloutOwed || adopted is not null,
            // A pair may be completed by the two leaves alone.
            Chain = row.Value.Key is not null && inspection.Chain.Count == 0 ? row.Value.Chain : Ders(inspection.Chain),
            Root = inspection.Root?.Der.ToArray() ?? row.Value.Root,
            Alternates = Ders(inspection.Alternates),
            Findings = inspection.Findings,
        };
        return await ReplaceAsync(before, row, version, inspection, cancellationToken);
    }

    /// <summary>Gives a version the intermediates that it lacked; null when the certificate changed meanwhile.</summary>
    private async Task<UploadResult?> AddChainAsync(Stored<LineageRecord> before, VersionRecord lacking, CertificateInspection inspection, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync<VersionRecord>(VersionRecord.RowKey(lacking.Certificate, lacking.Sequence), cancellationToken) is not { } row || !UploadCompletion.CompletesChain(row.Value, inspection))
            return null;
        var version = row.Value with
        {
            Chain = Ders(inspection.Chain),
            Root = inspection.Root?.Der.ToArray() ?? row.Value.Root,
            Alternates = Ders(inspection.Alternates),
            Findings = inspection.Findings,
        };
        var result = await ReplaceAsync(before, row, version, inspection, cancellationToken);
        await seen.NoteAsync(inspection.Chain.Concat(inspection.Alternates), cancellationToken);
        return result;
    }

    private async Task<UploadResult?> ReplaceAsync(
        Stored<LineageRecord> before, Stored<VersionRecord> row, VersionRecord version, CertificateInspection inspection, CancellationToken cancellationToken)
    {
        var isCurrent = before.Value.Current == version.Sequence;
        var lineage = before.Value with { Updated = time.GetUtcNow(), Leaf = isCurrent ? CurrentLeaf.Of(version) : before.Value.Leaf };
        var listed = await lists.BeginAsync(before.Value, lineage, cancellationToken);
        try
        {
            await store.WriteAsync(
                [new RecordChange.Replace(before.Key, lineage.ToBody(), before.ETag), new RecordChange.Replace(row.Key, version.ToBody(), row.ETag)], cancellationToken);
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

    /// <summary>A version takes the place of the one before it also where it has no such record.</summary>
    private static RecordChange ChangeOf<T>(RecordKey key, T? record)
        where T : class, IRecord<T> => record is null ? new RecordChange.Delete(key, null) : new RecordChange.Put(key, record.ToBody());

    private static byte[][] Ders(IEnumerable<CertificateRecord> certificates) => [.. certificates.Select(static one => one.Der.ToArray())];

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
        Chain = Ders(inspection.Chain),
        Root = inspection.Root?.Der.ToArray(),
        Alternates = Ders(inspection.Alternates),
        Findings = inspection.Findings,
        Created = now,
    };
}
