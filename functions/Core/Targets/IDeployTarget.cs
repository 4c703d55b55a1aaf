using System.Security.Cryptography;
using Certrelay.Certificates;
using Certrelay.Records;

namespace Certrelay.Targets;

/// <summary>
/// One place that terminates TLS. An implementation reads, writes and undoes; the runner owns retry, budgets, time-outs, journal, secrets and verification.
/// Every method throws <see cref="Transient"/> or <see cref="Permanent"/>; every write may be repeated.
/// </summary>
public interface IDeployTarget
{
    /// <summary>What is bound now, whether the target would take a write, and the exact material for a restore where it must be copied. Changes nothing.</summary>
    Task<TargetReading> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Binds the certificate, or polls the job that an earlier call returned.</summary>
    Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken);

    /// <summary>Brings back what <see cref="ReadAsync"/> saw before the first write.</summary>
    Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken);

    /// <summary>Removes our own unused leftovers of a certificate, once a verified state has replaced this one.</summary>
    Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken);
}

/// <summary>What a target reported: its state, the target's own reasons to refuse a write (they lead to <c>blocked</c>), and the backup that only the vault may hold.</summary>
public sealed record TargetReading(TargetState State, IReadOnlyList<Finding> Refusals, TargetBackup? Backup) : IDisposable
{
    public void Dispose() => Backup?.Dispose();
}

/// <summary>Exact bytes, modes and owners of what a write would replace, private key included, in the target's own encoding; zeroed on disposal.</summary>
public sealed class TargetBackup(byte[] bytes) : IDisposable
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);

    public override string ToString() => "[backup]";
}

/// <summary>How one resource fared: a job with one refused resource is not a success.</summary>
public sealed record ResourceOutcome(string Id, bool Succeeded, string? Code = null, string? Message = null);

/// <summary>The answer of a write: bound now, or a job to poll.</summary>
public abstract record DeployResult
{
    private DeployResult() { }

    public static DeployResult Of(IReadOnlyList<ResourceOutcome> outcomes) => new Bound(outcomes);

    public static DeployResult Of(PendingJob job, TimeSpan pollAfter) => new Pending(job, pollAfter);

    /// <summary>The call is over, with an outcome for each resource.</summary>
    public sealed record Bound(IReadOnlyList<ResourceOutcome> Outcomes) : DeployResult;

    /// <summary>The vendor works on it: the runner comes back after <paramref name="PollAfter"/>.</summary>
    public sealed record Pending(PendingJob Job, TimeSpan PollAfter) : DeployResult;
}
