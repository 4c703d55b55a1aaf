using Certrelay.Records;

namespace Certrelay.Rollouts;

/// <summary>Is told of each step that has settled, before the hint that leads back to it is dropped: after a crash it is told again.</summary>
public interface ISettledSteps
{
    /// <summary>Takes note of how a step ended; the same step may come several times. Throws <see cref="Transient"/> (<c>store.unavailable</c>).</summary>
    Task SettledAsync(StepRecord settled, CancellationToken cancellationToken);
}
