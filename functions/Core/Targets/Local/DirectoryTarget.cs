using System.ComponentModel;
using Certrelay.Certificates;
using Certrelay.Records;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Certrelay.Targets.Local;

/// <summary>Settings of the kind <c>directory</c>.</summary>
public sealed record DirectorySettings
{
    [Description("The name of a folder in the host's settings (Local:Roots).")]
    [ResourceName]
    public required string Root { get; init; }

    [Description("A folder below the root; the root itself when absent.")]
    [RelativePath]
    public string? Folder { get; init; }

    [Description("The names of the files.")]
    public FileLayout Layout { get; init; } = new();

    [Description("A command of the host's settings (Local:Commands) that tests the server's configuration before and after the files are replaced.")]
    [ResourceName]
    public string? Test { get; init; }

    [Description("A command of the host's settings (Local:Commands) that has the server read the files again.")]
    [ResourceName]
    public string? Reload { get; init; }
}

/// <summary>Writes certificate, chain and key as files into a folder of this host, for any server that reads PEM.</summary>
public sealed class DirectoryTarget(DirectorySettings settings, LocalOptions options, CommandRunner commands, ILogger<DirectoryTarget> logger)
    : IDeployTarget
{
    private readonly FileTargetPlan _plan = PlanOf(settings);

    public static TargetKind Kind { get; } = TargetKind.Of<DirectorySettings>(
        "directory",
        "Files in a folder of this host",
        TimeSpan.FromSeconds(30),
        static (settings, context) => new DirectoryTarget(
            settings,
            context.Services.GetRequiredService<LocalOptions>(),
            context.Services.GetRequiredService<CommandRunner>(),
            context.Services.GetRequiredService<ILogger<DirectoryTarget>>())) with
    {
        KeyAlgorithms = [.. TargetKeys.Usual, nameof(KeyAlgorithm.Ed25519), nameof(KeyAlgorithm.Sm2)],
        CheckOnHost = static (settings, services) => LocalNames.Check(PlanOf((DirectorySettings)settings), services),
        PlannedOnHost = static (settings, _) => PlanOf((DirectorySettings)settings).Calls(),
    };

    public Task<TargetReading> ReadAsync(CancellationToken cancellationToken) =>
        new FileReading(_plan, options, commands).ReadAsync(cancellationToken);

    public Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken) =>
        new FileDeployment(_plan, options, commands, logger).DeployAsync(certificate, cancellationToken);

    public Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) =>
        new FileDeployment(_plan, options, commands, logger).RestoreAsync(backup, cancellationToken);

    /// <summary>Nothing: the former files were replaced, and the only copy is in the vault.</summary>
    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => Task.CompletedTask;

    private static FileTargetPlan PlanOf(DirectorySettings settings) =>
        new(settings.Root, settings.Folder, settings.Layout, settings.Test, settings.Reload);
}
