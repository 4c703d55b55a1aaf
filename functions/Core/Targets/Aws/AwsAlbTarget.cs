using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Aws;

/// <summary>Settings of the kind <c>aws-alb</c>.</summary>
public sealed record AwsAlbSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The ARNs of the listeners (HTTPS), of whatever region; the certificate goes into ACM of each region.")]
    public required IReadOnlyList<string> Listeners { get; init; }

    [Description("default: the certificate for clients that no other one of the listener matches. sni: the one of its list that is chosen by the name that a client asks for; what it replaces there are certificates whose names it all covers.")]
    public ListenerCertificate Certificate { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => AwsListeners.Faults(Listeners, "app");
}

/// <summary>Binds a certificate of ACM to listeners of Application Load Balancers, as the default one or in the list for SNI.</summary>
internal sealed class AwsAlbTarget(AwsListeners listeners) : IDeployTarget
{
    public static TargetKind Kind { get; } = TargetKind.Of<AwsAlbSettings>(
        "aws-alb", "AWS Application Load Balancer listeners", TimeSpan.FromMinutes(3),
        static (settings, context) => new AwsAlbTarget(new AwsListeners(new AwsApi(context.Cloud), settings.Listeners, settings.Certificate, context.Names))) with
    {
        Cloud = AwsListeners.Cloud with
        {
            Survey = AwsSurveys.Listeners("application", static (account, listener, which) => new AwsAlbSettings { Account = account, Listeners = [listener], Certificate = which }),
        },
    };

    public Task<TargetReading> ReadAsync(CancellationToken cancellationToken) => listeners.ReadAsync(cancellationToken);

    public Task<DeployResult> DeployAsync(CertificateBundle certificate, PendingJob? job, CancellationToken cancellationToken) => listeners.DeployAsync(certificate, cancellationToken);

    public Task<DeployResult> RestoreAsync(TargetState previous, TargetBackup? backup, PendingJob? job, CancellationToken cancellationToken) =>
        listeners.RestoreAsync(previous, cancellationToken);

    public Task RetireAsync(string certificate, TargetState superseded, CancellationToken cancellationToken) => listeners.RetireAsync(certificate, cancellationToken);
}
