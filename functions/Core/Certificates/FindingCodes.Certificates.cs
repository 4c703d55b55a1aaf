namespace Certrelay.Certificates;

// What an upload can be told: of its form, its key, its leaf and its chain.
public static partial class FindingCodes
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
}
