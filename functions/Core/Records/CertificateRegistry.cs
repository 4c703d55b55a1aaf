using Certrelay.Certificates;
using Certrelay.Records.Lists;
using Certrelay.Vault;

namespace Certrelay.Records;

/// <summary>What became of an upload: <see cref="Version"/> is null when it was refused, and then nothing is stored.</summary>
public sealed record UploadResult(IReadOnlyList<Finding> Findings, LineageRecord? Lineage, VersionRecord? Version, bool Created);

/// <summary>What people say about a certificate; null leaves it as it is, an empty owner takes the owner away, and so does <see cref="DateTimeOffset.MaxValue"/> the planned end.</summary>
public sealed record LineageDetails(string? Owner = null, IReadOnlyDictionary<string, string>? Tags = null, DateTimeOffset? PlannedEnd = null)
{
    public LineageRecord ApplyTo(LineageRecord lineage) => lineage with
    {
        Owner = Owner is null ? lineage.Owner : Owner is "" ? null : Owner,
        Tags = Tags ?? lineage.Tags,
        PlannedEnd = PlannedEnd is null ? lineage.PlannedEnd : PlannedEnd == DateTimeOffset.MaxValue ? null : PlannedEnd,
    };
}

/// <summary>What storing an upload comes to.</summary>
public enum UploadEffect
{
    /// <summary>Nothing is stored: a finding refuses the upload.</summary>
    Refused,

    /// <summary>The same leaf is stored under this name already.</summary>
    Unchanged,

    /// <summary>The same leaf is stored under this name, watched only until now: it gets its key.</summary>
    KeyAdded,

    NewVersion,
    NewCertificate,
}

/// <summary>What would become of an upload; <see cref="Version"/> is the number that it has or would get.</summary>
public sealed record UploadPlan(IReadOnlyList<Finding> Findings, UploadEffect Effect, int? Version);

/// <summary>Certificates and their versions: stored, read, described and removed.</summary>
public sealed class CertificateRegistry(
    IRecordStore store, VersionKeys keys, IVault vault, CertificateIndex index, ListIndex lists, Due due, CertificatePolicy policy, KeepOptions keep, TimeProvider time)
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
                await CleanUpAsync(name, cancellationToken);
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
                if (before is null || inspection.PrivateKey is null || !IsWatchedOnly(same))
                    return new UploadResult(findings, before?.Value, same, Created: false);
                if (await AddKeyAsync(before, same, inspection, adopted, cancellationToken) is { } complete)
                    return complete;
                continue;
            }

            // Again at each turn: whoever deleted the certificate meanwhile has removed its keys too.
            var key = adopted ?? (inspection.PrivateKey is { } secret ? await keys.SaveAsync(name, leaf.Fingerprint, secret, cancellationToken) : null);
            var sequence = (before?.Value.Last ?? 0) + 1;
            var version = Describe(name, sequence, leaf, inspection, now) with { Key = key, RolloutOwed = adopted is not null };
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
        var lineage = (await ReadAsync(name, cancellationToken))?.Value;
        var breaches = Described(name, lineage, details, inspection.Leaf, time.GetUtcNow()).Policy;
        List<Finding> findings = [.. inspection.Findings, .. breaches];
        if (inspection.Leaf is { } known && await index.HolderAsync(known.Fingerprint, cancellationToken) is { } holder && holder != name)
            findings.Add(Duplicate(holder));
        if (inspection.Leaf is not { } leaf || findings.Except(breaches).Any(static finding => finding.Severity is Severity.Error) || Refuses(inspection, breaches))
            return new UploadPlan(findings, UploadEffect.Refused, null);
        if (lineage is null)
            return new UploadPlan(findings, UploadEffect.NewCertificate, 1);
        if (await FindAsync(name, leaf.Fingerprint, cancellationToken) is { } same)
            return new UploadPlan(findings, inspection.PrivateKey is not null && IsWatchedOnly(same) ? UploadEffect.KeyAdded : UploadEffect.Unchanged, same.Sequence);
        return inspection.PrivateKey is not null || MayFollow(lineage, leaf)
            ? new UploadPlan(findings, UploadEffect.NewVersion, lineage.Last + 1)
            : new UploadPlan([.. findings, FindingCodes.RecordWatchedOnly.At(name)], UploadEffect.Refused, null);
    }

    /// <summary>The lineage; null when there is none.</summary>
    public async Task<Stored<LineageRecord>?> ReadAsync(string name, CancellationToken cancellationToken) =>
        await store.ReadAsync<LineageRecord>(LineageRecord.Key(name), cancellationToken) is { Value.Deleting: false } lineage ? lineage : null;

    /// <summary>One version; null when there is none, or none any more.</summary>
    public async Task<VersionRecord?> ReadVersionAsync(string name, int sequence, CancellationToken cancellationToken) =>
        await store.ReadAsync<VersionRecord>(VersionRecord.RowKey(name, sequence), cancellationToken) is { Value: { Removing: false } version } ? version : null;

    /// <summary>The versions of a lineage, oldest first.</summary>
    public IAsyncEnumerable<VersionRecord> VersionsAsync(string name, CancellationToken cancellationToken) => VersionsAsync(name, 0, cancellationToken);

    /// <summary>The versions of a lineage behind one, oldest first.</summary>
    public IAsyncEnumerable<VersionRecord> VersionsAsync(string name, int after, CancellationToken cancellationToken) =>
        store.ReadRangeAsync<VersionRecord>(
            Tables.Certificates, name, RowRange.StartingWith("v") with { From = VersionRecord.Row(after + 1) }, cancellationToken).Select(static version => version.Value);

    /// <summary>What an enforced policy refuses of a change: the breaches that it would bring. Those that are there already do not keep others from being mended.</summary>
    public async Task<IReadOnlyList<Finding>> CheckAsync(LineageRecord lineage, LineageDetails details, CancellationToken cancellationToken)
    {
        var current = await CurrentAsync(lineage, cancellationToken);
        var before = Judge(lineage, current);
        return [.. Judge(details.ApplyTo(lineage), current).Where(finding => finding.Severity is Severity.Error && !before.Contains(finding))];
    }

    /// <summary>Changes what people say about a certificate; throws <see cref="RecordConflictException"/> when it changed meanwhile.</summary>
    public async Task<Stored<LineageRecord>> DescribeAsync(Stored<LineageRecord> lineage, LineageDetails details, CancellationToken cancellationToken)
    {
        var changed = details.ApplyTo(lineage.Value) with { Updated = time.GetUtcNow() };
        changed = changed with { Policy = Judge(changed, await CurrentAsync(changed, cancellationToken)) };
        var listed = await lists.BeginAsync(lineage.Value, changed, cancellationToken);
        var stored = await store.ReplaceAsync(lineage, changed, cancellationToken);
        await listed.EndAsync(cancellationToken);
        return stored;
    }

    /// <summary>Holds a certificate against the policy of now; throws <see cref="RecordConflictException"/> when it changed meanwhile, and then it was judged by whoever changed it.</summary>
    public async Task<Stored<LineageRecord>> JudgeAsync(Stored<LineageRecord> lineage, CancellationToken cancellationToken)
    {
        if (!policy.Demands && lineage.Value.Policy.Count == 0)
            return lineage;
        var findings = Judge(lineage.Value, await CurrentAsync(lineage.Value, cancellationToken));
        return findings.SequenceEqual(lineage.Value.Policy) ? lineage : await store.ReplaceAsync(lineage, lineage.Value with { Policy = findings }, cancellationToken);
    }

    /// <summary>
    /// Removes a certificate with its versions and keys; throws <see cref="RecordConflictException"/> when it changed meanwhile. That no target uses it is for the
    /// caller to see to. What a crash leaves behind is removed by the clean-up <c>crt-&lt;name&gt;</c>, which is due before the first row changes.
    /// </summary>
    public async Task DeleteAsync(Stored<LineageRecord> lineage, CancellationToken cancellationToken)
    {
        var name = lineage.Value.Name;
        await due.PutAsync(new DueHint(DueKind.Cleanup, KeyText.Truncate(time.GetUtcNow()), VersionKeys.VaultName(name)), cancellationToken);
        await store.ReplaceAsync(lineage, lineage.Value with { Deleting = true }, cancellationToken);
        await CleanUpAsync(name, cancellationToken);
    }

    /// <summary>Removes what is left of a certificate whose deletion has begun; does nothing to any other. Its own row goes last, so that the name stays taken until then.</summary>
    public async Task CleanUpAsync(string name, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync<LineageRecord>(LineageRecord.Key(name), cancellationToken) is not { Value.Deleting: true } lineage)
            return;
        var began = time.GetUtcNow();
        await foreach (var row in store.QueryAsync(Tables.Certificates, name, RowRange.StartingWith("v"), cancellationToken))
        {
            if (VersionOf(row) is { } version)
            {
                await index.ReleaseAsync(version.Fingerprint, name, cancellationToken);
                // The certificate's own row may have been lost, and with it what the lists show.
                await lists.DropAsync(ListRows.Of(lineage.Value with { Leaf = CurrentLeaf.Of(version) }), began, cancellationToken);
            }

            await index.DropAsync(row.Key, row.ETag, cancellationToken);
        }

        await store.WriteAsync([new RecordChange.Delete(CheckRecord.Key(name), null), new RecordChange.Delete(RevocationRecord.Key(name), null)], cancellationToken);
        await vault.RemoveAsync(VersionKeys.VaultName(name), cancellationToken);
        await index.DropAsync(lineage.Key, lineage.ETag, cancellationToken);
    }

    private static IEnumerable<RecordChange> ChangeOf(RevocationRecord? revocation, Stored<LineageRecord>? before)
    {
        if (revocation is not null)
            yield return new RecordChange.Put(RevocationRecord.Key(revocation.Certificate), revocation.ToBody());
        else if (before is not null)
            yield return new RecordChange.Delete(RevocationRecord.Key(before.Value.Name), null);
    }

    /// <summary>Null for a damaged version, whose claim is taken over by whoever needs it, and whose index rows are dropped by whoever reads them.</summary>
    private static VersionRecord? VersionOf(StoredRecord row)
    {
        try
        {
            return row.As<VersionRecord>().Value;
        }
        catch (Permanent)
        {
            return null;
        }
    }

    /// <summary>Gives a version that was watched only its key and the chain that came with it; null when the certificate changed meanwhile.</summary>
    private async Task<UploadResult?> AddKeyAsync(
        Stored<LineageRecord> before, VersionRecord watched, CertificateInspection inspection, VaultReference? adopted, CancellationToken cancellationToken)
    {
        var (name, rowKey) = (before.Value.Name, VersionRecord.RowKey(watched.Certificate, watched.Sequence));
        if (await store.ReadAsync<VersionRecord>(rowKey, cancellationToken) is not { } row || !IsWatchedOnly(row.Value))
            return null;
        var version = row.Value with
        {
            Key = adopted ?? await keys.SaveAsync(name, watched.Fingerprint, inspection.PrivateKey!, cancellationToken),
            RolloutOwed = adopted is not null,
            Chain = [.. inspection.Chain.Select(issuer => issuer.Der.ToArray())],
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

    private static bool IsWatchedOnly(VersionRecord version) => version is { Key: null, Removing: false };

    /// <summary>Whether a leaf without its key may become the current one: new rollouts take that, and lists show it.</summary>
    private static bool MayFollow(LineageRecord lineage, CertificateRecord leaf) =>
        lineage.Leaf is { HasKey: false } current && current.NotBefore <= leaf.NotBefore;

    /// <summary>A certificate with what an upload says about it, held against the policy.</summary>
    private LineageRecord Described(string name, LineageRecord? before, LineageDetails details, CertificateRecord? leaf, DateTimeOffset now)
    {
        var described = details.ApplyTo(before ?? new LineageRecord { Name = name, Current = 0, Last = 0, Created = now, Updated = now });
        return described with { Policy = Judge(described, leaf) };
    }

    private IReadOnlyList<Finding> Judge(LineageRecord lineage, CertificateRecord? leaf) => policy.Judge(lineage.Name, lineage.Owner, lineage.Tags, leaf);

    /// <summary>The leaf of the current version; not read while nothing is demanded of it.</summary>
    private async Task<CertificateRecord?> CurrentAsync(LineageRecord lineage, CancellationToken cancellationToken) =>
        policy.Demands && await ReadVersionAsync(lineage.Name, lineage.Current, cancellationToken) is { } version && CertificateRecord.TryParse(version.Leaf, out var leaf)
            ? leaf
            : null;

    private static Finding Duplicate(string holder) => FindingCodes.RecordDuplicate.At(holder, $"The same certificate is stored as {holder}.");

    private async Task<VersionRecord?> FindAsync(string name, Fingerprint fingerprint, CancellationToken cancellationToken)
    {
        await foreach (var version in VersionsAsync(name, cancellationToken))
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
        NotBefore = leaf.NotBefore,
        NotAfter = leaf.NotAfter,
        KeyAlgorithm = leaf.PublicKey.Algorithm.ToString(),
        SignatureAlgorithm = leaf.SignatureAlgorithm.Name,
        Leaf = leaf.Der.ToArray(),
        Chain = [.. inspection.Chain.Select(issuer => issuer.Der.ToArray())],
        Findings = inspection.Findings,
        Created = now,
    };
}
