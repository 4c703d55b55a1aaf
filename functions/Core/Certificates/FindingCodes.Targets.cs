namespace Certrelay.Certificates;

// What deployment can run into: settings, vendors and what is bound there.
public static partial class FindingCodes
{
    public static readonly FindingCode CloudCredentials = new("cloud.credentials", Severity.Error,
        "The vendor refuses the credentials of the account.",
        "Give the account a valid key with PATCH /api/accounts/{name}, then POST /api/accounts/{name}/check.");

    public static readonly FindingCode CloudSkew = new("cloud.skew", Severity.Error,
        "The clock of this host and the vendor's differ too much.",
        "Let the host keep its time by NTP.");

    public static readonly FindingCode CloudPermission = new("cloud.permission", Severity.Error,
        "The account may not make this call.",
        "Allow what infra/policies lists for this kind of target.");

    public static readonly FindingCode CloudThrottled = new("cloud.throttled", Severity.Warning,
        "The account calls this action too often.",
        "Nothing: it is called again when the vendor allows it. A lower limit can be set with Clouds:Limits.");

    public static readonly FindingCode CloudNotFound = new("cloud.not-found", Severity.Error,
        "The vendor does not know the resource or certificate.",
        "Mend the target's settings, or create the resource.");

    public static readonly FindingCode CloudBusy = new("cloud.busy", Severity.Warning,
        "The resource is being changed at the moment.",
        "Nothing: it is tried again.");

    public static readonly FindingCode CloudConflict = new("cloud.conflict", Severity.Error,
        "The resource is in another state than the call supposes.",
        "Look at the resource in the vendor's console, then retry the rollout.");

    public static readonly FindingCode CloudInUse = new("cloud.in-use", Severity.Error,
        "The certificate is still bound somewhere.",
        "Unbind it there first; what is in use is never removed.");

    public static readonly FindingCode CloudQuota = new("cloud.quota", Severity.Error,
        "The account may not have more of them.",
        "Remove certificates that are no longer used, or have the vendor raise the quota.");

    public static readonly FindingCode CloudCertificate = new("cloud.certificate", Severity.Error,
        "The vendor does not take this certificate, chain or key.",
        "Read the vendor's words in the step's journal; key type, key size and chain order are the usual reasons.");

    public static readonly FindingCode CloudRefused = new("cloud.refused", Severity.Error,
        "The vendor refuses the call.",
        "Read the vendor's words in the step's journal.");

    public static readonly FindingCode CloudUnavailable = new("cloud.unavailable", Severity.Warning,
        "The vendor does not answer, or answers with an error of its own.",
        "Nothing: it is tried again. Look at the vendor's status page when it lasts.");

    public static readonly FindingCode CloudAnswer = new("cloud.answer", Severity.Error,
        "The vendor's answer has another shape than it documents.",
        "Report it with the action; nothing of the answer is shown, as it may hold a key.");

    public static readonly FindingCode TargetRefused = new("target.refused", Severity.Error,
        "The target does not take the write.",
        "Read the target's own words in the step's journal.");

    public static readonly FindingCode TargetTestFailed = new("target.test-failed", Severity.Error,
        "The server's own configuration test failed. Before the swap nothing was changed; after it the former files come back.",
        "Mend the server's configuration; the test's output is in the step's journal.");

    public static readonly FindingCode TargetReloadFailed = new("target.reload-failed", Severity.Error,
        "The files were replaced but the reload failed.",
        "Read the command's output in the step's journal.");

    public static readonly FindingCode TargetMissing = new("target.missing", Severity.Error,
        "A folder, file or command that the target names does not exist.",
        "Create it, or mend the target's settings or the host's Local settings.");

    public static readonly FindingCode TargetNotCovered = new("target.not-covered", Severity.Error,
        "The certificate does not cover the name of an endpoint.",
        "Deploy a certificate with that name, or allow it for this rollout with a reason.");

    public static readonly FindingCode TargetKeyType = new("target.key-type", Severity.Error,
        "The target cannot take a key of this type.",
        "Deploy a certificate with another key type, or allow it for this rollout with a reason.");

    public static readonly FindingCode TargetOlder = new("target.older", Severity.Error,
        "The version has expired, or ends before the one that is bound now.",
        "Deploy a newer version, or allow it for this rollout with a reason.");

    public static readonly FindingCode TargetChain = new("target.chain", Severity.Error,
        "The version lacks the intermediate that issued it, so that clients would refuse the server.",
        "Upload the certificate again with the intermediates that the authority supplies, or allow it for this rollout with a reason.");

    public static readonly FindingCode TargetReloadTimeout = new("target.reload-timeout", Severity.Error,
        "The files were replaced but the reload did not end in time.",
        "Read the command's output in the step's journal, or give the command more time (TimeoutSeconds).");

    public static readonly FindingCode TargetSettings = new("target.settings", Severity.Error,
        "The settings of the target are not valid.",
        "Mend each setting that is named; the schema of the kind describes them all.");

    public static readonly FindingCode TargetAccount = new("target.account", Severity.Error,
        "The account that the target names does not exist, has no secret in the vault, or has a session that has ended.",
        "Create the account, or give it a new key with PATCH /api/accounts/{name}.");

    public static readonly FindingCode TargetChanged = new("target.changed", Severity.Error,
        "The target's settings or what is bound there have changed since the plan was made.",
        "Make a new plan, look at it, and start the rollout with it.");

    public static readonly FindingCode TargetInPlace = new("target.in-place", Severity.Error,
        "The content under this id would be replaced, and the key of what is there now is not in the vault, so that nobody could bring it back.",
        "Upload what is there now first, use a kind that binds a new id, or allow it for this rollout with a reason.");

    public static readonly FindingCode TargetShared = new("target.shared", Severity.Error,
        "The certificate's id is used by resources that the target does not name, and all of them would change at once.",
        "Name every resource in the target's settings, or bind a certificate of its own.");

    public static readonly FindingCode TargetUpdateOnly = new("target.update-only", Severity.Error,
        "There is no certificate to replace at this place, and the target only updates.",
        "Turn HTTPS on there once in the vendor's console, or set initial: true where the kind has it.");

    public static readonly FindingCode TargetBehindCdn = new("target.behind-cdn", Severity.Error,
        "A CDN of the account stands before this place and ends TLS there.",
        "Deploy the certificate to the CDN's domain, with a target of its kind.");

    public static readonly FindingCode TargetRegion = new("target.region", Severity.Error,
        "What is bound there is a certificate of another region's store than the account's.",
        "Give the account the site of the resource, or use an account of that site: a certificate is bound only from the store of its own site.");

    public static readonly FindingCode TargetByHand = new("target.by-hand", Severity.Error,
        "No supported call brings a certificate to this place.",
        "Take the steps that are named in the vendor's console; the endpoints show when it is done.");

    public static readonly FindingCode TargetUnseen = new("target.unseen", Severity.Info,
        "The SM2 certificate is bound as the target itself tells; no handshake from here can show it, so that nothing proves what clients get.",
        "Look at the place once with a client for SM2.");

    public static readonly FindingCode TargetPinned = new("target.pinned", Severity.Error,
        "The reference names a version, so that what uses it would go on with that one.",
        "Replace it there by the identifier without a version, then in the target's settings.");

    public static readonly FindingCode TargetAfterEnd = new("target.after-end", Severity.Warning,
        "The target still serves a certificate whose planned end has passed.",
        "Take the site down, bring another certificate there, or change the certificate's planned end.");
}
