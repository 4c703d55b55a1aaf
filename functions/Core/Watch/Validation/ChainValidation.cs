using Certrelay.Certificates;
using Certrelay.Records;

namespace Certrelay.Watch.Validation;

/// <summary>Completes the chain of a stored version: from intermediates seen before, else from where its certificates say. The work of the queue <c>validate</c>.</summary>
public sealed class ChainValidation(
    IRecordStore store, CertificateRegistry certificates, SeenAuthorities seen, IssuerFetch fetch, TrustStores stores, Due due, AuditTrail audit, TimeProvider time)
{
    private const int Highest = 6;

    // Of all levels together, so that a chain of slow places does not hold a worker.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(45);

    // What a search for intermediates can say; what it said before is taken back.
    private static readonly string[] Told = [FindingCodes.ChainIncomplete.Code, FindingCodes.ChainAwaited.Code, FindingCodes.ChainUnavailable.Code, FindingCodes.ChainCompleted.Code];

    /// <summary>Searches once when that is due and saves what came of it; called too early, twice, or for a superseded version it changes nothing.</summary>
    public async Task RunAsync(DueHint hint, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        DueHint? next = null;
        if (ValidationRecord.VersionOf(hint.Id) is var (certificate, sequence)
            && await store.ReadAsync<ValidationRecord>(ValidationRecord.Key(certificate), cancellationToken) is { } saved
            && saved.Value.Sequence == sequence
            && saved.Value.Moment <= now
            && await certificates.ReadVersionAsync(certificate, sequence, cancellationToken) is not null)
            next = await SearchAsync(saved, now, cancellationToken);
        // A nudge moves its hint on, perhaps to the very moment of the next try.
        if (next != hint)
            await due.RemoveAsync(hint, cancellationToken);
    }

    private async Task<DueHint?> SearchAsync(Stored<ValidationRecord> saved, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var begun = saved.Value.Begun(now);
        try
        {
            if (begun.Hint is { } next)
                await due.PutAsync(next, cancellationToken);
            saved = await store.ReplaceAsync(saved, begun, cancellationToken);
            if (await store.ReadAsync<VersionRecord>(VersionRecord.RowKey(begun.Certificate, begun.Sequence), cancellationToken) is not { } version)
                return begun.Hint;
            var (chain, faults) = await CompleteAsync(version.Value, cancellationToken);
            await SaveAsync(saved, version, chain, faults, cancellationToken);
        }
        catch (RecordConflictException)
        {
            // A new version came, its chain was uploaded, or another was faster: what they wrote counts.
        }

        return begun.Hint;
    }

    /// <summary>The best chain that can be had, and what the places said that gave nothing.</summary>
    private async Task<(CertificateChain Chain, IReadOnlyList<string> Faults)> CompleteAsync(VersionRecord version, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Longest, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var leaf = CertificateRecord.Parse(version.Leaf);
        CertificateRecord[] came = [leaf, .. version.Chain.Concat(version.Alternates).Concat(version.Root is { } root ? [root] : []).Select(static der => CertificateRecord.Parse(der))];
        var known = new List<CertificateRecord>();
        while (true)
        {
            var chain = ChainChoice.Choose(leaf, came, known, stores, time.GetUtcNow());
            var last = chain.Path[^1];
            if (chain.Root is not null || stores.Issued(last) || chain.Path.Count > Highest)
                return (chain, []);
            try
            {
                var above = await seen.AboveAsync(last, end.Token);
                var (issuers, faults) = above.Except(came).Except(known).Any() ? new FetchedIssuers(above, []) : await fetch.IssuersOfAsync(last, end.Token);
                if (!issuers.Except(came).Except(known).Any())
                    return (chain, faults);
                known.AddRange(issuers.Except(came).Except(known).ToList());
                await seen.NoteAsync(issuers, cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return (chain, [$"The places that the certificates name did not answer within {Longest.TotalSeconds:0} s."]);
            }
        }
    }

    private async Task SaveAsync(
        Stored<ValidationRecord> saved, Stored<VersionRecord> version, CertificateChain chain, IReadOnlyList<string> faults, CancellationToken cancellationToken)
    {
        var before = version.Value;
        var added = chain.Issuers.Where(issuer => !before.Chain.Any(der => issuer.Der.Span.SequenceEqual(der))).ToList();
        var after = before with
        {
            Chain = added.Count == 0 ? before.Chain : [.. chain.Issuers.Select(static issuer => issuer.Der.ToArray())],
            Alternates = added.Count == 0 ? before.Alternates : [.. chain.Alternates.Select(static one => one.Der.ToArray())],
            Findings = [.. before.Findings.Where(static finding => !Told.Contains(finding.Code)), .. Tell(before, chain, added, faults)],
        };
        var done = saved.Value with { At = time.GetUtcNow(), Moment = faults.Count == 0 ? null : saved.Value.Moment };
        List<RecordChange> changes = [new RecordChange.Replace(saved.Key, done.ToBody(), saved.ETag)];
        if (added.Count == 0 && after.Findings.SequenceEqual(before.Findings))
        {
            await store.WriteAsync(changes, cancellationToken);
            return;
        }

        changes.Add(new RecordChange.Replace(version.Key, after.ToBody(), version.ETag));
        if (added.Count == 0)
        {
            await store.WriteAsync(changes, cancellationToken);
            return;
        }

        var entry = new AuditEntry
        {
            Phase = AuditPhase.Intent,
            Caller = "certrelay",
            Action = "certificate.complete",
            Subject = $"certificate/{before.Certificate}",
            Reason = $"The chain of version {before.Sequence} lacked {string.Join("; ", added.Select(static one => one.Label))}.",
        };
        var intent = await audit.AppendAsync(entry, cancellationToken);
        var outcome = "conflict";
        try
        {
            await store.WriteAsync(changes, cancellationToken);
            outcome = "done";
        }
        finally
        {
            await audit.AppendAsync(entry with { Phase = AuditPhase.Outcome, Outcome = outcome, Intent = intent }, CancellationToken.None);
        }
    }

    private IEnumerable<Finding> Tell(VersionRecord version, CertificateChain chain, List<CertificateRecord> added, IReadOnlyList<string> faults)
    {
        var lacks = version.Findings.Where(static finding => Told.Contains(finding.Code) && finding.Code != FindingCodes.ChainCompleted.Code).ToList();
        foreach (var earlier in version.Findings.Where(static finding => finding.Code == FindingCodes.ChainCompleted.Code))
            yield return earlier;
        foreach (var issuer in added)
            yield return FindingCodes.ChainCompleted.At(issuer.Label, $"{issuer.Label} did not come along and was added to the chain.");
        // Nothing above the chain could be had. One that came with intermediates may well end below a private root, and lacks nothing then.
        if (chain.Issuers.Count == 0 && faults.Count > 0)
            yield return FindingCodes.ChainUnavailable.At(chain.Leaf.Label, $"The issuer of the certificate could not be had: {string.Join(' ', faults)}");
        else if (chain.Issuers.Count == 0 && lacks.Count > 0)
            yield return FindingCodes.ChainIncomplete.At(chain.Leaf.Label, "The certificate came alone, and a root issued it that no trust store here holds.", Severity.Warning);
        if (added.Count == 0)
            yield break;
        foreach (var finding in ChainRules.Judge(chain, chain.Path, time.GetUtcNow()).Where(finding => finding.Severity is Severity.Error).Concat(PublicRules.Judge(chain.Leaf, stores.IsPublic(chain))))
            yield return finding;
    }
}
