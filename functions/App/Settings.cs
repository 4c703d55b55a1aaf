using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.App.Telemetry;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Local;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Discovery;
using Certrelay.Watch.Moments;

namespace Certrelay.App;

/// <summary>Every setting of the product; each has a default that works. <c>local.settings.sample.json</c> is generated from it.</summary>
public sealed record Settings
{
    [Description("The folder of database, vault and first token (embedded edition).")]
    [Required]
    public string DataFolder { get; init; } = "data";

    public HttpSettings Http { get; init; } = new();

    public VaultSettings Vault { get; init; } = new();

    public LocalOptions Local { get; init; } = new();

    public OutgoingOptions Outgoing { get; init; } = new();

    public CloudOptions Clouds { get; init; } = new();

    public RolloutSettings Rollouts { get; init; } = new();

    public AlertOptions Alerts { get; init; } = new();

    public WatchOptions Watch { get; init; } = new();

    public DiscoverOptions Discover { get; init; } = new();

    public KeepSettings Keep { get; init; } = new();

    public TelemetrySettings Telemetry { get; init; } = new();

    public PolicyOptions Policy { get; init; } = new();
}

/// <summary>How the API listens (embedded edition).</summary>
public sealed record HttpSettings : IValidatableObject
{
    [Description("The address of the API. Elsewhere than on loopback it must be https, or lie behind a proxy that ends TLS.")]
    public string Url { get; init; } = "http://127.0.0.1:7070";

    [Description("True when a proxy in front ends TLS and passes X-Forwarded headers.")]
    public bool BehindProxy { get; init; }

    [Description("The largest body of a request in bytes.")]
    [Range(1024, 64 * 1024 * 1024)]
    public int BodyLimit { get; init; } = 1024 * 1024;

    [Description("How many seconds a body may take to arrive.")]
    [Range(1, 600)]
    public int BodyTimeoutSeconds { get; init; } = 30;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            yield return new ValidationResult("The address begins with http:// or https://.", [nameof(Url)]);
        else if (url.Scheme == "http" && !url.IsLoopback && !BehindProxy)
            yield return new ValidationResult("Outside loopback the API listens with https only, or with Http:BehindProxy=true behind a proxy that ends TLS.", [nameof(Url)]);
    }
}

/// <summary>Where the master key of the embedded vault is.</summary>
public sealed record VaultSettings
{
    [Description("The owner-only file of the embedded vault's master key; <data>/master.key when absent. Better outside the data folder.")]
    public string? MasterKeyFile { get; init; }

    [Description("The master key itself as 64 hexadecimal digits, for hosts that give secrets by environment (Vault__MasterKey). Used instead of the file.")]
    public string? MasterKey { get; init; }
}

/// <summary>How long what is over is kept. What is in use is kept longer.</summary>
public sealed record KeepSettings
{
    [Description("How many days a version is kept after a newer one has taken its place; 0 for ever. One that a target has, or that a rollout needs, stays.")]
    [Range(0, 36500)]
    public int SupersededVersionDays { get; init; } = 90;

    [Description("How many days a settled rollout is kept with its steps and their journals; 0 for ever. The last one of a target stays.")]
    [Range(0, 36500)]
    public int SettledRolloutDays { get; init; } = 365;

    [Description("How many days alerts are kept after the last of a message was resolved, with the message that told of them; 0 for ever. An open alert stays.")]
    [Range(0, 36500)]
    public int ResolvedAlertDays { get; init; } = 180;

    internal KeepOptions ToOptions() => new(Days(SupersededVersionDays), Days(SettledRolloutDays), Days(ResolvedAlertDays));

    private static TimeSpan? Days(int days) => days == 0 ? null : TimeSpan.FromDays(days);
}

/// <summary>The times of the step machine that an operator may want to change.</summary>
public sealed record RolloutSettings : IValidatableObject
{
    [Description("How many seconds a process may work on a target without renewing its lease.")]
    [Range(1, 300)]
    public int LeaseSeconds { get; init; } = 15;

    [Description("The longest time of one handshake in seconds.")]
    [Range(1, 60)]
    public int ProbeTimeoutSeconds { get; init; } = 5;

    [Description("When automatic changes, such as the repair of a drift, may begin on targets that have no windows of their own: Sat 02:00-04:00 Europe/Berlin. Empty: at any time.")]
    public IReadOnlyList<string> Windows { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from window in Windows.Index()
        from fault in MaintenanceWindow.TryParse(window.Item, out _, out var faults) ? [] : faults
        select new ValidationResult(fault, [$"{nameof(Windows)}[{window.Index}]"]);

    internal RolloutOptions ToOptions() => new()
    {
        Windows = Windows,
        Lease = TimeSpan.FromSeconds(LeaseSeconds),
        ProbeTimeout = TimeSpan.FromSeconds(ProbeTimeoutSeconds),
    };
}
