using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>Runs file work off the caller's thread and gives its failures the two kinds that the vault promises.</summary>
internal static class VaultCall
{
    public static async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        catch (VaultRefusedException refused)
        {
            throw new Permanent(refused.Faults[0].Code, refused.Message, refused);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new Permanent("vault.denied", $"The system denied the vault a file: {cause.Message}", cause);
        }
        catch (IOException cause)
        {
            throw new Transient("vault.unreachable", $"The vault's disk failed: {cause.Message}", cause: cause);
        }
    }
}
