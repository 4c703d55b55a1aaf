using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.App.Telemetry;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Local;
using Certrelay.Vault.KeyVault;
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

    public TrustOptions Trust { get; init; } = new();
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

/// <summary>Which vault holds the keys: the embedded one with its master key, or an Azure Key Vault.</summary>
public sealed record VaultSettings : IValidatableObject
{
    [Description("The owner-only file of the embedded vault's master key; <data>/master.key when absent. Better outside the data folder.")]
    public string? MasterKeyFile { get; init; }

    [Description("The master key itself as 64 hexadecimal digits, for hosts that give secrets by environment (Vault__MasterKey). Used instead of the file.")]
    public string? MasterKey { get; init; }

    [Description("The Azure Key Vault that holds the keys, such as https://name.vault.azure.net; absent: the embedded vault. Existing keys follow with certrelay vault move.")]
    public string? Uri { get; init; }

    [Description("Key Vault: the client ID of the user-assigned identity, or of the application; absent: the identity that the system has.")]
    public string? ClientId { get; init; }

    [Description("Key Vault: the client secret, where there is no managed identity; give it by environment (Vault__ClientSecret).")]
    public string? ClientSecret { get; init; }

    [Description("Key Vault: the application's directory (tenant) ID; needed with a client secret.")]
    public string? TenantId { get; init; }

    [Description("Key Vault: where tokens are asked for with a client secret; https://login.microsoftonline.com when absent, https://login.chinacloudapi.cn in China.")]
    public string? Authority { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Uri is not null && !IsHost(Uri))
            yield return new ValidationResult("The address of a Key Vault is https and a host, without a path.", [nameof(Uri)]);
        if (Authority is not null && !IsHost(Authority))
            yield return new ValidationResult("The address of the identity platform is https and a host, without a path.", [nameof(Authority)]);
        if (ClientSecret is not null && (ClientId is null || TenantId is null))
            yield return new ValidationResult("A client secret needs Vault:ClientId and Vault:TenantId.", [nameof(ClientSecret)]);
        if (Uri is null && (ClientId ?? ClientSecret ?? TenantId ?? Authority) is not null)
            yield return new ValidationResult("Vault:Uri is absent, so nothing is asked for as this identity.", [nameof(Uri)]);
    }

    internal KeyVaultOptions? ToKeyVault() => Uri is null ? null : new KeyVaultOptions(new Uri(Uri))
    {
        ClientId = ClientId,
        ClientSecret = ClientSecret,
        TenantId = TenantId,
        Authority = Authority is null ? null : new Uri(Authority),
    };

    private static bool IsHost(string text) =>
        System.Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "https", PathAndQuery: "/", Fragment: "", UserInfo: "" };
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
