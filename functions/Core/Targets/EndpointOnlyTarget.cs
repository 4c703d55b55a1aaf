using Certrelay.Certificates;
using Certrelay.Records;

namespace Certrelay.Targets;

/// <summary>Settings of the kind <c>endpoint-only</c>: none, as its endpoints belong to the target itself.</summary>
public sealed record EndpointOnlySettings;

/// <summary>A server that someone else looks after: its endpoints are watched, and a write is refused before it begins.</summary>
public sealed class EndpointOnlyTarget : IDeployTarget
{
    private const string Refusal = "This target is only watched; whoever runs the server deploys to it.";

    public static TargetKind Kind { get; } = TargetKind.Of<EndpointOnlySettings>(
        "endpoint-only",
        "Watched only, never written",
        TimeSpan.FromSeconds(30),
        static (_, _) => new EndpointOnlyTarget()) with
    {
        Writes = false,
    };

    public Task<TargetReading> ReadAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new TargetReading(new TargetState([]), [FindingCodes.TargetRefused.At(Kind.Name, Refusal)], Backup: null));

    public Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken) =>
        throw new Permanent(FindingCodes.TargetRefused.Code, Refusal);

    public Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) =>
        throw new Permanent(FindingCodes.TargetRefused.Code, Refusal);

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => Task.CompletedTask;
}
