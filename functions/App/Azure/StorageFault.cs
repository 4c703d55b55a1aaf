using System.Globalization;
using Azure;
using Azure.Identity;

namespace Certrelay.App.Azure;

/// <summary>Gives failures of the storage account the one kind that its ports promise.</summary>
internal static class StorageFault
{
    public static async Task<T> RunAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await call();
        }
        catch (RequestFailedException fault)
        {
            throw new Transient("store.unavailable", $"The storage account answered {fault.Status} {fault.ErrorCode}.", DelayOf(fault), fault);
        }
        catch (AuthenticationFailedException fault)
        {
            throw new Transient("store.unavailable", "There is no token for the storage account.", cause: fault);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new Transient("store.unavailable", "The storage account did not answer in time.");
        }
    }

    private static TimeSpan? DelayOf(RequestFailedException fault) =>
        fault.GetRawResponse() is { } response && response.Headers.TryGetValue("Retry-After", out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
