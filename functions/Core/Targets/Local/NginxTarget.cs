using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Certificates;
using Certrelay.Records;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Certrelay.Targets.Local;

/// <summary>Settings of the kind <c>nginx</c>.</summary>
public sealed record NginxSettings : IValidatableObject
{
    [Description("The name of a folder in the host's settings (Local:Roots).")]
    [ResourceName]
    public required string Root { get; init; }

    [Description("A folder below the root; the root itself when absent.")]
    [RelativePath]
    public string? Folder { get; init; }

    [Description("The file that ssl_certificate names.")]
    [FileName]
    public string CertificateFile { get; init; } = "fullchain.pem";

    [Description("The file that ssl_certificate_key names.")]
    [FileName]
    public string KeyFile { get; init; } = "privkey.pem";

    [Description("The command of the host's settings (Local:Commands) that runs nginx -t.")]
    [ResourceName]
    public required string Test { get; init; }

    [Description("The command of the host's settings (Local:Commands) that runs nginx -s reload.")]
    [ResourceName]
    public required string Reload { get; init; }

    internal FileLayout Layout => new() { FullChain = CertificateFile, Key = KeyFile };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        string.Equals(CertificateFile, KeyFile, StringComparison.OrdinalIgnoreCase)
            ? [new ValidationResult("Certificate and key need two files.", [nameof(KeyFile)])]
            : [];
}

/// <summary>
/// Replaces the files that an nginx of this host reads and has it reload; blocked while <c>nginx -t</c> fails. Tengine, OpenResty and Angie work by
/// naming their program in the commands.
/// </summary>
/// <remarks>
/// https://nginx.org/en/docs/http/configuring_https_servers.html and https://nginx.org/en/docs/control.html. A reload answers before the master has read
/// the files, and a master that dislikes them keeps the old ones silently: hence the test after the swap, and the handshake after the reload.
/// </remarks>
public sealed class NginxTarget(NginxSettings settings, LocalOptions options, CommandRunner commands, ILogger<NginxTarget> logger) : IDeployTarget
{
    private readonly FileTargetPlan _plan = PlanOf(settings);

    public static TargetKind Kind { get; } = TargetKind.Of<NginxSettings>(
        "nginx",
        "nginx on this host",
        TimeSpan.FromSeconds(30),
        static (settings, context) => new NginxTarget(
            settings,
            context.Services.GetRequiredService<LocalOptions>(),
            context.Services.GetRequiredService<CommandRunner>(),
            context.Services.GetRequiredService<ILogger<NginxTarget>>())) with
    {
        KeyAlgorithms = [.. TargetKeys.Usual, nameof(KeyAlgorithm.Ed25519)],
        CheckOnHost = static (settings, services) => LocalNames.Check(PlanOf((NginxSettings)settings), services),
        PlannedOnHost = static (settings, _) => PlanOf((NginxSettings)settings).Calls(),
    };

    public Task<TargetReading> ReadAsync(CancellationToken cancellationToken) =>
        new FileReading(_plan, options, commands).ReadAsync(cancellationToken);

    public Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken) =>
        new FileDeployment(_plan, options, commands, logger).DeployAsync(certificate, cancellationToken);

    public Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) =>
        new FileDeployment(_plan, options, commands, logger).RestoreAsync(backup, cancellationToken);

    /// <summary>Nothing: the former files were replaced, and the only copy is in the vault.</summary>
    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => Task.CompletedTask;

    private static FileTargetPlan PlanOf(NginxSettings settings) =>
        new(settings.Root, settings.Folder, settings.Layout, settings.Test, settings.Reload);
}
