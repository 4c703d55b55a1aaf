using System.ComponentModel;

namespace Certrelay.App.Http;

/// <summary>What a caller may be allowed to do; every HTTP function requires one of these.</summary>
public enum Permission
{
    [Description("Open to everyone: health, the page's static parts, ACME challenges.")]
    None,

    [Description("See certificates, targets, rollouts, findings and the status.")]
    Read,

    [Description("Upload certificates and change their owner, tags and renewal policy.")]
    Upload,

    [Description("Delete certificates and targets.")]
    Delete,

    [Description("Create and change targets.")]
    Targets,

    [Description("Create, change and delete the cloud accounts that targets name.")]
    Accounts,

    [Description("Start, cancel and retry rollouts, and restore what was there before.")]
    Deploy,

    [Description("Stop and release all rollouts at once.")]
    Freeze,

    [Description("Download a certificate with its private key.")]
    Download,

    [Description("Make, list and revoke tokens.")]
    Tokens,

    [Description("Read and verify the audit trail.")]
    Audit,

    [Description("Have this host connect to endpoints and look at what they serve.")]
    Probe,

    [Description("Acknowledge alerts, and send test messages through their channels.")]
    Alerts,

    [Description("Tell of new versions in the vault, which are then taken from there and rolled out.")]
    Events,
}
