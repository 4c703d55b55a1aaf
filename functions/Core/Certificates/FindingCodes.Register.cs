namespace Certrelay.Certificates;

// What the register and its policy can say.
public static partial class FindingCodes
{
    public static readonly FindingCode PolicyName = new("policy.name", Severity.Warning,
        "The name of the certificate does not match the naming pattern (Policy:Name). Like all findings of this area an error with Policy:Enforce.",
        "Upload it under a name that matches, then delete this one.");

    public static readonly FindingCode PolicyOwner = new("policy.owner", Severity.Warning,
        "The certificate has no owner, and every one is to have one (Policy:OwnerRequired).",
        "Say who answers for it: the field owner of the upload as JSON or as a form, or a PATCH of the certificate.");

    public static readonly FindingCode PolicyTag = new("policy.tag", Severity.Warning,
        "The certificate lacks a tag that every one is to have (Policy:RequiredTags).",
        "Add the tag: the field tags of the upload as JSON, or a PATCH of the certificate.");

    public static readonly FindingCode PolicyKey = new("policy.key", Severity.Warning,
        "The key is of a kind that is not allowed here (Policy:Keys).",
        "Have the certificate issued again with a key of an allowed kind.");

    public static readonly FindingCode PolicySignature = new("policy.signature", Severity.Warning,
        "The certificate is signed by an algorithm that is not allowed here (Policy:Signatures).",
        "Have it issued again by an authority, or with a profile, that signs as allowed.");

    public static readonly FindingCode PolicyLevel = new("policy.level", Severity.Warning,
        "The issuer looked less closely at who asked for the certificate than is demanded for a name in it (Policy:Levels).",
        "Order a certificate of the demanded level (DV, IV, OV or EV), or take the name out of this one.");

    public static readonly FindingCode RecordDuplicate = new("record.duplicate", Severity.Error,
        "The same certificate is stored under another name.",
        "Use the existing name, or delete that certificate first.");

    public static readonly FindingCode RecordPair = new("record.pair", Severity.Error,
        "The signing certificate is stored already, with another encryption certificate.",
        "Have both certificates of the pair issued anew, and upload them together.");

    public static readonly FindingCode RecordWatchedOnly = new("record.watched-only", Severity.Error,
        "A certificate without its key would take the place of one that has its key in the vault, or of a newer one.",
        "Give it another name, or upload it together with its key.");

    public static readonly FindingCode RecordTargetExists = new("record.target-exists", Severity.Error,
        "There is a target of this name with another certificate or other endpoints; it stays as it is.",
        "Give it another name, or change the one that is there.");

    public static readonly FindingCode RecordUnreadable = new("record.unreadable", Severity.Error,
        "A stored record cannot be read.",
        "Restore it from a backup, or delete the item and create it again; the log names table, partition and row.");

    public static readonly FindingCode RecordStuck = new("record.stuck", Severity.Error,
        "A queue message was given up after several failed runs.",
        "Look for its id in the log; once the cause is mended the work comes up again by itself.");

    public static readonly FindingCode StoreVersionRefused = new("store.version-refused", Severity.Error,
        "A version that somebody else put into the vault cannot be served.",
        "Put one there that holds certificate, chain and private key as PEM (content type application/x-pem-file) or as PKCS#12 without a passphrase, or upload it to Certrelay.");
}
