using System.Globalization;
using Azure;
using Azure.Identity;

namespace Certrelay.Vault.KeyVault;

/// <summary>
/// Gives failures of Key Vault and of the identity platform the two kinds that the vault promises. They carry no cause: the client's exceptions hold answers as they
/// came, and the code, the status and the request's id say what an operator needs.
/// </summary>
internal static class KeyVaultFault
{
    /// <summary>How long the vault takes, as a rule, to recover a secret or to end a deletion.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    public static async Task<T> RunAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await call();
        }
        catch (RequestFailedException fault)
        {
            throw Of(fault);
        }
        catch (AuthenticationFailedException fault)
        {
            throw Of(fault);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new Transient("vault.unreachable", "Key Vault did not answer in time.");
        }
        catch (InvalidOperationException refused)
        {
            // The client refuses to give its token to a host that is no Key Vault.
            throw new Permanent("vault.refused", $"The address in Vault:Uri is not that of a Key Vault: {refused.Message}");
        }
    }

    /// <summary>Nothing failed: the vault is between two states of a secret, or spares itself.</summary>
    public static Transient Later(string code, string message, TimeSpan delay) => new(code, message, delay) { Waits = true };

    private static Failure Of(RequestFailedException fault)
    {
        var answer = $"Key Vault answered {fault.Status} {fault.ErrorCode} (request {fault.GetRawResponse()?.ClientRequestId}).";
        return fault.Status switch
        {
            0 => new Transient("vault.unreachable", "Key Vault cannot be reached."),
            429 => Later("vault.throttled", answer, DelayOf(fault) ?? Settling),
            409 => Later("vault.busy", answer, DelayOf(fault) ?? Settling),
            408 or >= 500 => new Transient("vault.unreachable", answer, DelayOf(fault)),
            401 or 403 => new Permanent("vault.denied", $"{answer} The identity needs the role that docs/vault.md describes, and the vault's network rules must let this host in."),
            _ => new Permanent("vault.refused", answer),
        };
    }

    private static Failure Of(AuthenticationFailedException fault)
    {
        var message = $"No token for Key Vault: {WordsOf(fault)}";
        return MayPass(fault) ? new Transient("vault.identity", message) : new Permanent("vault.identity", message);
    }

    /// <summary>The platform's own words, which begin with their code; without them the library's. What follows the first line is the answer as it came.</summary>
    private static string WordsOf(Exception fault)
    {
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause.Message.IndexOf("AADSTS", StringComparison.Ordinal) is var at and >= 0)
                return FirstLine(cause.Message[at..]);
        }

        return FirstLine(fault.Message);
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();

    private static bool MayPass(Exception? fault) => fault switch
    {
        null => false,
        RequestFailedException { Status: 0 or 408 or 429 or >= 500 } or HttpRequestException or IOException or OperationCanceledException => true,
        // Microsoft.Identity.Client's own exceptions say in IsRetryable what its service means.
        Microsoft.Identity.Client.MsalException { IsRetryable: true } => true,
        AggregateException several => several.InnerExceptions.All(MayPass),
        _ => MayPass(fault.InnerException),
    };

    private static TimeSpan? DelayOf(RequestFailedException fault) =>
        fault.GetRawResponse() is { } response && response.Headers.TryGetValue("Retry-After", out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
