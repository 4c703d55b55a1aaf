using System.Globalization;

namespace Certrelay.Records;

/// <summary>One pass over the entries of a chain.</summary>
internal sealed class AuditWalk(AuditChain chain, AuditHead? head, AuditPoint? seal, List<AuditFault> faults)
{
    private long _next = 1;

    // The hash that the next entry has to follow; unknown after a gap or a row that cannot be read, of which one fault is enough.
    private string? _previous = AuditHash.Opening(chain.Chain, chain.OpenedWith);

    public long Entries { get; private set; }

    public void Step(string row, AuditRecord? record)
    {
        Entries++;
        if (!long.TryParse(row, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            Fault(0, AuditFaultKind.Inserted, $"The row '{row}' is not one of this chain.");
            return;
        }

        Gap(number);
        _next = number + 1;
        if (number > (head?.Count ?? 0))
            Fault(number, AuditFaultKind.Inserted, "The entry stands behind the head of its chain.");
        if (seal is not null && number == seal.Count && record?.Hash != seal.Hash)
            Fault(number, AuditFaultKind.Unsealed, "The entry is not the one that was sealed.");
        if (record is null)
            Fault(number, AuditFaultKind.Unreadable, "The entry cannot be read.");
        else if (record.Number != number)
            Fault(number, AuditFaultKind.Reordered, $"Entry {record.Number} stands here.");
        else if (AuditHash.Entry(chain.Chain, number, record.At, record.Entry, record.Previous) != record.Hash)
            Fault(number, AuditFaultKind.Altered, "The entry is not as it was written.");
        else if (_previous is not null && record.Previous != _previous)
            Fault(number, AuditFaultKind.Unlinked, "The entry does not follow the one before it: one of the two was replaced.");
        _previous = record?.Number == number ? record.Hash : null;
    }

    public void End()
    {
        var last = Math.Max(head?.Count ?? 0, seal?.Count ?? 0);
        if (_next <= last)
            Fault(_next, AuditFaultKind.Truncated, _next == last ? "The last entry is gone." : $"The entries {_next} to {last} are gone.");
        else if (head is not null && head.Count == _next - 1 && _previous is not null && head.Hash != _previous)
            Fault(head.Count, AuditFaultKind.Altered, "The last entry is not the one that the head of the chain names.");
    }

    private void Gap(long number)
    {
        if (number == _next)
            return;
        Fault(_next, AuditFaultKind.Missing, number == _next + 1 ? "The entry is gone." : $"The entries {_next} to {number - 1} are gone.");
        _previous = null;
    }

    private void Fault(long number, AuditFaultKind kind, string message) => faults.Add(new AuditFault(chain.Chain, number, kind, message));
}
