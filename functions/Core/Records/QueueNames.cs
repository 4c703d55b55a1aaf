namespace Certrelay.Records;

/// <summary>The queues of the product (DESIGN section 5). The host moves what it gives up to <c>&lt;queue&gt;-poison</c>.</summary>
public static class QueueNames
{
    public const string Deploy = "deploy";
    public const string Verify = "verify";
    public const string Check = "check";

    /// <summary>What needs the network and no key: intermediates that are missing.</summary>
    public const string Validate = "validate";

    public const string Probe = "probe";
    public const string Notify = "notify";
    public const string Cleanup = "cleanup";
    public const string Timer = "timer";

    /// <summary>What Event Grid tells of the vault, in its own shape.</summary>
    public const string VaultEvents = "vault-events";

    /// <summary>What the host appends to the name of a queue for the messages that it has given up.</summary>
    public const string Poison = "-poison";

    /// <summary>All of them, without the poison queues.</summary>
    public static IReadOnlyList<string> All { get; } = [Deploy, Verify, Check, Validate, Probe, Notify, Cleanup, Timer, VaultEvents];

    /// <summary>The queue whose handler does what a hint points at; throws <see cref="ArgumentOutOfRangeException"/> for a kind whose queue the truth decides.</summary>
    public static string Of(DueHint hint) => hint.Kind switch
    {
        DueKind.Check when ValidationRecord.VersionOf(hint.Id) is not null => Validate,
        DueKind.Check => Check,
        DueKind.Probe => Probe,
        DueKind.Notice => Notify,
        DueKind.Cleanup => Cleanup,
        _ => throw new ArgumentOutOfRangeException(nameof(hint), hint.Kind, "No one queue does this."),
    };
}
