namespace Certrelay.Records;

/// <summary>Walks the chains of a range of days and reports every fault; with seals also what a rewriting of whole chains would hide.</summary>
public sealed class AuditVerification(IRecordStore store, AuditSeals? seals)
{
    /// <summary>Verifies the chains of the days from <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    public async Task<AuditReport> VerifyAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var faults = new List<AuditFault>();
        var chains = new List<AuditChainSummary>();
        await foreach (var row in store.QueryAsync(AuditRecord.Table, AuditChain.Partition, AuditChain.Days(from, to), cancellationToken))
        {
            if (Read<AuditChain>(row, out var chain) && chain.Chain == row.Key.Row)
                chains.Add(await VerifyAsync(chain, faults, cancellationToken));
            else
                faults.Add(new AuditFault(row.Key.Row, 0, AuditFaultKind.Unreadable, "The opening of the chain cannot be read."));
        }

        if (seals is not null)
        {
            var known = chains.Select(static chain => chain.Chain).ToHashSet(StringComparer.Ordinal);
            await foreach (var name in seals.ChainsAsync(from, to, cancellationToken))
            {
                if (!known.Contains(name))
                    faults.Add(new AuditFault(name, 0, AuditFaultKind.Missing, "The chain was sealed and is gone."));
            }
        }

        return new AuditReport(faults.Count == 0, chains, faults);
    }

    private async Task<AuditChainSummary> VerifyAsync(AuditChain chain, List<AuditFault> faults, CancellationToken cancellationToken)
    {
        await VerifyOpeningAsync(chain, faults, cancellationToken);
        var headRow = await store.GetAsync(AuditHead.Key(chain.Chain), cancellationToken);
        var head = headRow is not null && Read<AuditHead>(headRow, out var read) ? read : null;
        var seal = seals is null ? null : await seals.ReadAsync(chain.Chain, cancellationToken);
        var walk = new AuditWalk(chain, head, seal, faults);
        await foreach (var row in store.QueryAsync(AuditRecord.Table, chain.Chain, AuditRecord.Entries, cancellationToken))
            walk.Step(row.Key.Row, Read<AuditRecord>(row, out var record) ? record : null);
        walk.End();
        return new AuditChainSummary(chain.Chain, walk.Entries, seal?.Count);
    }

    private async Task VerifyOpeningAsync(AuditChain chain, List<AuditFault> faults, CancellationToken cancellationToken)
    {
        if (chain.OpenedWith is not { } point)
            return;
        string? hash;
        if (point.Count == 0)
        {
            var opened = await store.GetAsync(AuditChain.Key(point.Chain), cancellationToken);
            hash = opened is not null && Read<AuditChain>(opened, out var before) ? AuditHash.Opening(before.Chain, before.OpenedWith) : null;
        }
        else
        {
            var entry = await store.GetAsync(AuditRecord.Key(point.Chain, point.Count), cancellationToken);
            hash = entry is not null && Read<AuditRecord>(entry, out var record) ? record.Hash : null;
        }

        if (hash is null)
            faults.Add(new AuditFault(
                point.Chain, point.Count, AuditFaultKind.Missing, $"The chain {chain.Chain} was opened with this entry; it is gone."));
        else if (hash != point.Hash)
            faults.Add(new AuditFault(chain.Chain, 0, AuditFaultKind.Unlinked, $"It was opened with another entry {point.Count} of {point.Chain}."));
    }

    private static bool Read<T>(StoredRecord row, out T value)
        where T : class, IRecord<T>
    {
        try
        {
            value = row.As<T>().Value;
            return true;
        }
        catch (Permanent)
        {
            value = null!;
            return false;
        }
    }
}
