using System.Runtime.CompilerServices;

namespace Certrelay.Records.Lists;

/// <summary>A certificate with the targets that shall serve it.</summary>
public sealed record RegisterEntry(LineageRecord Certificate, IReadOnlyList<TargetRecord> Targets);

/// <summary>The whole register in the order of the certificates' names, read from the records themselves: an index row that is missing leaves nothing out but a use.</summary>
public sealed class CertificateRegister(IRecordStore store, CertificateIndex index)
{
    /// <summary>Every certificate, one after the other; nothing is held in memory.</summary>
    public async IAsyncEnumerable<RegisterEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in NameScan.OfAsync(store, Tables.Certificates, "c", "", after: null, cancellationToken))
        {
            if (row.As<LineageRecord>().Value is { Deleting: false } lineage)
                yield return new RegisterEntry(lineage, await index.UsersAsync(lineage.Name, cancellationToken));
        }
    }
}
