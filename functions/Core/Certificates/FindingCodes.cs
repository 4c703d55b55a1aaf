using System.Reflection;

namespace Certrelay.Certificates;

/// <summary>A kind of finding: its stable code, its usual severity, what it means and what to do. Codes are never renamed.</summary>
public sealed record FindingCode(string Code, Severity Severity, string Meaning, string Remedy)
{
    /// <summary>An observation of this kind about <paramref name="scope"/>; the sentence is <see cref="Meaning"/> unless a more exact one is given.</summary>
    public Finding At(string scope, string? message = null, Severity? severity = null) =>
        new(Code, severity ?? Severity, scope, message ?? Meaning, Remedy);
}

/// <summary>Every finding that the product can make, by area; <c>docs/findings.md</c> is generated from this list.</summary>
public static class FindingCodes
{
    public static readonly FindingCode PemNothingFound = new("pem.nothing-found", Severity.Error,
        "The input holds no certificate in PEM form.",
        "Send the text that begins with -----BEGIN CERTIFICATE-----, together with its private key.");

    public static readonly FindingCode PemJunk = new("pem.junk", Severity.Error,
        "A PEM block cannot be read.",
        "Copy the block again in full, with its BEGIN and END lines and nothing in between but Base64.");

    public static readonly FindingCode PemTooLarge = new("pem.too-large", Severity.Error,
        "The input is larger than any certificate with its chain.",
        "Send one certificate with its chain and key: at most 256 KB and 32 blocks.");

    public static readonly FindingCode KeyUnreadable = new("key.unreadable", Severity.Error,
        "The private key cannot be read.",
        "Send an RSA or EC key as PKCS#8, PKCS#1 or SEC1; check it with: openssl pkey -in key.pem -check -noout");

    public static readonly FindingCode KeyEncrypted = new("key.encrypted", Severity.Error,
        "The private key is protected by a passphrase.",
        "Take the passphrase off before the upload: openssl pkey -in key.pem -out plain.pem");

    public static readonly FindingCode KeyMismatch = new("key.mismatch", Severity.Error,
        "The private key belongs to another certificate.",
        "Send the key that the certificate request was made with; both of these must print the same: openssl x509 -in cert.pem -noout -pubkey, openssl pkey -in key.pem -pubout");

    public static readonly FindingCode KeyMissing = new("key.missing", Severity.Error,
        "The input holds no private key.",
        "Send the private key together with the certificate, in the same text or as a field of its own.");

    public static readonly FindingCode KeyUnsupported = new("key.unsupported", Severity.Error,
        "The key is of a kind that this product cannot check or deploy.",
        "Use an RSA key of 2048 to 8192 bits or a key on P-256, P-384 or P-521; explicit curve parameters become a named curve with: openssl ec -in key.pem -param_enc named_curve");

    public static readonly FindingCode KeyWeak = new("key.weak", Severity.Error,
        "The key is too weak: RSA below 2048 bits, or a curve other than P-256, P-384 and P-521.",
        "Have the certificate issued again with an RSA key of 2048 bits or more, or with a P-256 key.");

    public static readonly FindingCode KeyUnexpected = new("key.unexpected", Severity.Error,
        "A private key came where only a certificate is taken.",
        "Leave the key out; to have the certificate deployed, upload both together.");

    public static readonly FindingCode LeafExpired = new("leaf.expired", Severity.Error,
        "The certificate has expired.",
        "Send the renewed certificate.");

    public static readonly FindingCode LeafNotYetValid = new("leaf.not-yet-valid", Severity.Error,
        "The certificate is not valid yet.",
        "Wait until its notBefore, or check the clock of this host and of the issuer.");

    public static readonly FindingCode LeafNoSan = new("leaf.no-san", Severity.Error,
        "The certificate names no host in subjectAltName; clients ignore the common name (RFC 9525 section 6).",
        "Have it issued with every host name in subjectAltName.");

    public static readonly FindingCode LeafIsCa = new("leaf.is-ca", Severity.Error,
        "The certificate for the server is itself a certification authority.",
        "Send the server's certificate, and the authority's only as part of the chain.");

    public static readonly FindingCode LeafSelfSigned = new("leaf.self-signed", Severity.Error,
        "The certificate is signed by its own key, so no client has a reason to trust it.",
        "Have it issued by an authority that your clients trust, or allow self-signed certificates for this upload.");

    public static readonly FindingCode LeafNoServerAuth = new("leaf.no-server-auth", Severity.Error,
        "The extended key usage does not include serverAuth (RFC 5280 section 4.2.1.12).",
        "Have it issued for TLS servers.");

    public static readonly FindingCode LeafWeakSignature = new("leaf.weak-signature", Severity.Error,
        "The certificate is signed with MD5 or SHA-1.",
        "Have it issued again with SHA-256 or better.");

    public static readonly FindingCode ChainIncomplete = new("chain.incomplete", Severity.Error,
        "The certificate came without the intermediate that issued it. An error when it says where its issuer can be had, as those of public authorities do; otherwise a warning, because a private root may have issued it.",
        "Add the intermediate certificates that the authority supplies beside the certificate.");

    public static readonly FindingCode ChainBroken = new("chain.broken", Severity.Error,
        "A certificate of the chain did not issue the one below it, or belongs to no part of it.",
        "Send the intermediates that belong to this certificate and leave out the others.");

    public static readonly FindingCode ChainExpired = new("chain.expired", Severity.Error,
        "A certificate of the chain has expired.",
        "Send the intermediates that the authority supplies now.");

    public static readonly FindingCode ChainNotYetValid = new("chain.not-yet-valid", Severity.Error,
        "A certificate of the chain is not valid yet.",
        "Send the intermediates that are in force now, or check the clock of this host.");

    public static readonly FindingCode ChainWeakSignature = new("chain.weak-signature", Severity.Error,
        "A certificate of the chain is signed with MD5 or SHA-1.",
        "Send the intermediates that the authority supplies now.");

    public static readonly FindingCode ChainUnverified = new("chain.unverified", Severity.Error,
        "A signature is of a kind that cannot be checked here.",
        "Have the certificate issued with RSA or ECDSA signatures and SHA-256 or better.");

    public static readonly FindingCode ChainAlternate = new("chain.alternate", Severity.Info,
        "The chain contained a second certificate of an authority (a cross-signed one), which was left out.",
        "Nothing to do, unless your clients need the other one: then leave out the one that was kept.");

    public static readonly FindingCode ChainOrder = new("chain.order", Severity.Info,
        "The chain came in another order and was put right.",
        "Nothing to do; servers need the leaf first, then each issuer.");

    public static readonly FindingCode ChainHasRoot = new("chain.has-root", Severity.Info,
        "The chain contained the root, which was left out: clients have it already.",
        "Nothing to do.");

    public static readonly FindingCode NameUnusable = new("name.unusable", Severity.Warning,
        "A name in subjectAltName is no host name, so that no client can match it.",
        "Have it issued with host names in ASCII form (xn-- for international names); a wildcard is one whole label at the left.");

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

    public static readonly FindingCode DnsTimeout = new("dns.timeout", Severity.Error,
        "No name server answered in time.",
        "Check the resolver of this host.");

    public static readonly FindingCode DnsFailure = new("dns.failure", Severity.Error,
        "The name server answered with a failure.",
        "Check the zone and the resolver of this host.");

    public static readonly FindingCode DnsNoAddress = new("dns.no-address", Severity.Error,
        "The host name has no address.",
        "Check the spelling of the endpoint, or add its A or AAAA record.");

    public static readonly FindingCode ProbeRefused = new("probe.refused", Severity.Error,
        "The connection was refused.",
        "Check that the server runs and listens on this port.");

    public static readonly FindingCode ProbeTimeout = new("probe.timeout", Severity.Error,
        "The server did not complete a handshake in time.",
        "Check that the server runs and that a firewall lets this host reach it.");

    public static readonly FindingCode ProbeUnreachable = new("probe.unreachable", Severity.Error,
        "The address cannot be reached.",
        "Check routes and firewalls between this host and the server.");

    public static readonly FindingCode ProbeNotTls = new("probe.not-tls", Severity.Error,
        "What answers does not speak TLS.",
        "Check the port of the endpoint.");

    public static readonly FindingCode ProbeHandshake = new("probe.handshake", Severity.Error,
        "The TLS handshake failed.",
        "Check the server's TLS versions, cipher suites and key.");

    public static readonly FindingCode ProbeStartTls = new("probe.starttls", Severity.Error,
        "The server does not turn from plain text to TLS.",
        "Check that STARTTLS is on and that the protocol of the endpoint is right (smtp, imap, pop3, ldap, postgresql).");

    public static readonly FindingCode ProbeAlert = new("probe.alert", Severity.Error,
        "The server refused the handshake with an alert.",
        "Check the server's TLS versions, cipher suites and certificate; its log has the reason.");

    public static readonly FindingCode ProbeNameUnknown = new("probe.name-unknown", Severity.Error,
        "The server refuses the name in SNI (RFC 6066 section 3).",
        "Add a server block or listener for this name, or take the name off DNS.");

    public static readonly FindingCode ProbeClientCertificate = new("probe.client-certificate", Severity.Error,
        "The server completes no handshake without a client certificate.",
        "Nothing to do where clients are known; the served certificate can be read but not proved.");

    public static readonly FindingCode ProbeOldProtocolOnly = new("probe.old-protocol-only", Severity.Error,
        "The server speaks no version above TLS 1.1, which clients refuse (RFC 8996).",
        "Turn on TLS 1.2 and 1.3.");

    public static readonly FindingCode ProbeOldProtocol = new("probe.old-protocol", Severity.Warning,
        "The server accepts TLS 1.0 or 1.1, which are deprecated (RFC 8996).",
        "Leave TLS 1.2 and 1.3 on only.");

    public static readonly FindingCode ProbeOldClientRefused = new("probe.old-client-refused", Severity.Warning,
        "Clients that know TLS 1.2 only are refused.",
        "Turn TLS 1.2 on beside 1.3, unless every client is known to have 1.3.");

    public static readonly FindingCode ProbeRsaRefused = new("probe.rsa-refused", Severity.Info,
        "Clients that know RSA only are refused; the server has no RSA certificate.",
        "Nothing to do, unless old devices are to connect: then serve an RSA certificate beside this one.");

    public static readonly FindingCode ProbeNameMismatch = new("probe.name-mismatch", Severity.Error,
        "The certificate does not cover the name.",
        "Deploy a certificate with this name, or mend the endpoint.");

    public static readonly FindingCode ProbeDefaultHost = new("probe.default-host", Severity.Error,
        "For this name the server shows what it shows without any: its default certificate, which does not cover the name.",
        "Add a server block or listener for this name, or put the name into the default certificate.");

    public static readonly FindingCode ProbeNameAddress = new("probe.name-address", Severity.Error,
        "The endpoint is an address, and the certificate does not name it.",
        "Probe by the host name, or have the address put into subjectAltName.");

    public static readonly FindingCode ProbeSniNeeded = new("probe.sni-needed", Severity.Info,
        "Without SNI the server shows another certificate.",
        "Nothing to do, unless clients without SNI are to connect: then make this certificate the default one.");

    public static readonly FindingCode ProbeExpired = new("probe.expired", Severity.Error,
        "The served certificate has expired.",
        "Deploy the renewed certificate and reload the server.");

    public static readonly FindingCode ProbeExpiresSoon = new("probe.expires-soon", Severity.Warning,
        "The served certificate expires soon.",
        "Renew and deploy it; if it was renewed, the server does not show the new one yet.");

    public static readonly FindingCode ProbeNotYetValid = new("probe.not-yet-valid", Severity.Error,
        "The served certificate is not valid yet.",
        "Bring the former certificate back until this one is in force, or check the clock of this host.");

    public static readonly FindingCode ProbeSelfSigned = new("probe.self-signed", Severity.Error,
        "The served certificate is signed by its own key, so no client has a reason to trust it.",
        "Deploy a certificate from an authority that the clients trust.");

    public static readonly FindingCode ProbeUntrustedRoot = new("probe.untrusted-root", Severity.Error,
        "The chain leads to a root that is not trusted here.",
        "Deploy a certificate from an authority that the clients trust; for a private one give its root with --trust.");

    public static readonly FindingCode ProbeUnknownIssuer = new("probe.unknown-issuer", Severity.Error,
        "The issuer of the leaf is neither sent nor trusted here: an intermediate is missing, or a private root issued it.",
        "Have the server send the intermediates; for a private authority give its root with --trust.");

    public static readonly FindingCode ProbeExpiredIntermediate = new("probe.expired-intermediate", Severity.Error,
        "The server sends an intermediate that has expired.",
        "Have the server send the intermediates that the authority supplies now.");

    public static readonly FindingCode ProbeAddressDiffers = new("probe.address-differs", Severity.Warning,
        "Not every address of the endpoint shows the same certificate.",
        "Deploy to the servers that were left out, or take their addresses off DNS.");

    public static readonly FindingCode ProbeRevoked = new("probe.revoked", Severity.Error,
        "The served certificate was revoked by its issuer.",
        "Have a new certificate issued with a new key, and deploy it.");

    public static readonly FindingCode ProbeRevocationUnknown = new("probe.revocation-unknown", Severity.Info,
        "Neither OCSP nor a revocation list told whether the served certificate was revoked.",
        "Nothing to do, unless it lasts: then ask the authority, or let this host reach the addresses that the certificate names.");

    public static readonly FindingCode ProbeNoRedirect = new("probe.no-redirect", Severity.Info,
        "Plain HTTP does not lead to https.",
        "Redirect port 80 to https.");

    public static readonly FindingCode ProbeNoHsts = new("probe.no-hsts", Severity.Info,
        "The server does not ask browsers to stay on https (RFC 6797).",
        "Send Strict-Transport-Security once every page works over https.");

    public static readonly FindingCode ProbeForbidden = new("probe.forbidden", Severity.Error,
        "The address is one that this product does not connect to.",
        "Name a public or private address of the server; link-local and metadata addresses are always refused, loopback unless a setting allows it.");

    public static readonly FindingCode ProbeOtherLeaf = new("probe.other-leaf", Severity.Error,
        "The server shows another certificate.",
        "Check that the server was reloaded and that nothing before it terminates TLS.");

    public static readonly FindingCode ProbeMissingIntermediate = new("probe.missing-intermediate", Severity.Error,
        "The server does not send the whole chain.",
        "Have the server send leaf and intermediates (nginx: the full chain in ssl_certificate).");

    public static readonly FindingCode ProbeExtraChain = new("probe.extra-chain", Severity.Warning,
        "The server sends certificates that are not part of the chain. An information where it is only the root.",
        "Leave out the root and whatever does not belong to this certificate.");

    public static readonly FindingCode ProbeChainOrder = new("probe.chain-order", Severity.Warning,
        "The server sends the chain in another order than each issuer behind what it issued.",
        "Send the leaf first, then each issuer; most clients put it right themselves, old ones do not (RFC 5246 section 7.4.2).");

    public static readonly FindingCode StoreVersionRefused = new("store.version-refused", Severity.Error,
        "A version that somebody else put into the vault cannot be served.",
        "Put one there that holds certificate, chain and private key as PEM (content type application/x-pem-file), or upload it to Certrelay.");

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

    public static readonly FindingCode TargetAfterEnd = new("target.after-end", Severity.Warning,
        "The target still serves a certificate whose planned end has passed.",
        "Take the site down, bring another certificate there, or change the certificate's planned end.");

    /// <summary>All codes, ordered; collected at the first use, because a short run of the command line needs none of it.</summary>
    public static IReadOnlyList<FindingCode> All => field ??=
    [
        .. typeof(FindingCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(static one => one.FieldType == typeof(FindingCode))
            .Select(static one => (FindingCode)one.GetValue(null)!)
            .OrderBy(static code => code.Code, StringComparer.Ordinal),
    ];
}
