namespace Certrelay.Vault;

/// <summary>One reason against using a vault as it is: a stable code, a sentence without any secret, and what to do about it.</summary>
public sealed record VaultFault(string Code, string Message, string Remedy);

/// <summary>The vault was not opened; <see cref="Faults"/> holds every reason at once, at least one.</summary>
public sealed class VaultRefusedException(IReadOnlyList<VaultFault> faults) : Exception(Text(faults))
{
    // A recursive slip of chmod concerns thousands of files alike; the whole list is in Faults.
    private const int Shown = 20;

    public IReadOnlyList<VaultFault> Faults { get; } = faults;

    private static string Text(IReadOnlyList<VaultFault> faults)
    {
        var lines = faults.Take(Shown).Select(static fault => $"{fault.Code}: {fault.Message} {fault.Remedy}");
        return string.Join('\n', faults.Count > Shown ? lines.Append($"And {faults.Count - Shown} more.") : lines);
    }
}
