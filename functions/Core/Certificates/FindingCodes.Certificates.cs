namespace Certrelay.Certificates;

// What an upload can be told: of its form, its key, its leaf and its chain.
public static partial class FindingCodes
{
    public static readonly FindingCode PemNothingFound = new("pem.nothing-found", Severity.Error,
        "The input holds no certificate.",
        "Send the certificate with its chain and private key: PEM, DER, PKCS#7, PKCS#12, a Java keystore, or a ZIP archive of such files.");

    public static readonly FindingCode PemJunk = new("pem.junk", Severity.Error,
        "A PEM block cannot be read.",
        "Copy the block again in full, with its BEGIN and END lines and nothing in between but Base64.");

    public static readonly FindingCode PemTooLarge = new("pem.too-large", Severity.Error,
        "The input is larger than any certificate with its chain.",
        "Send one certificate with its chain and key: at most 256 KB and 32 blocks.");

    public static readonly FindingCode FileDamaged = new("file.damaged", Severity.Error,
        "The file was cut or changed: it begins as a certificate, a key or a container of them and does not go on as one.",
        "Fetch or export the file again, and transfer it in binary mode.");

    public static readonly FindingCode FileUnusable = new("file.unusable", Severity.Error,
        "The file is neither a certificate nor a private key, nor a container of them.",
        "Send the certificate with its chain and private key: PEM, DER, PKCS#7, PKCS#12, a Java keystore, or a ZIP archive of such files.");

    public static readonly FindingCode FileUnsupported = new("file.unsupported", Severity.Error,
        "The file is of a form, or protected in a way, that is not read here.",
        "Turn it into PKCS#12 with usual settings: openssl pkcs12 -export, or keytool -importkeystore -deststoretype PKCS12.");

    public static readonly FindingCode FileEncrypted = new("file.encrypted", Severity.Error,
        "The file is protected by a passphrase, and none came with it.",
        "Send the passphrase along, in the field passphrase.");

    public static readonly FindingCode FilePassphrase = new("file.passphrase", Severity.Error,
        "The passphrase does not open the file.",
        "Send the passphrase that the file was exported with; a file that was changed on its way is refused with the same words.");

    public static readonly FindingCode FileArchive = new("file.archive", Severity.Error,
        "The archive is larger than any that holds a certificate, or holds what is not unpacked.",
        "Send the certificate, its chain and its key themselves, or an archive of them: at most 64 entries and 512 KB unpacked, without archives inside and without a passphrase of its own.");

    public static readonly FindingCode FilePassedOver = new("file.passed-over", Severity.Info,
        "A file of the archive, or an entry of the keystore, has nothing to do with the certificate and was passed over.",
        "Nothing to do.");

    public static readonly FindingCode KeyUnreadable = new("key.unreadable", Severity.Error,
        "The private key cannot be read.",
        "Send an RSA or EC key as PKCS#8, PKCS#1 or SEC1; check it with: openssl pkey -in key.pem -check -noout");

    public static readonly FindingCode KeyEncrypted = new("key.encrypted", Severity.Error,
        "The private key is protected by a passphrase.",
        "Send the passphrase along (the field passphrase), or take it off before: openssl pkey -in key.pem -out plain.pem");

    public static readonly FindingCode KeyPassphrase = new("key.passphrase", Severity.Error,
        "The passphrase does not open the private key.",
        "Send the passphrase that the key was protected with; in a Java keystore a key may have another one than the store: keytool -keypasswd makes them the same.");

    public static readonly FindingCode KeyMismatch = new("key.mismatch", Severity.Error,
        "The private key belongs to another certificate.",
        "Send the key that the certificate request was made with; both of these must print the same: openssl x509 -in cert.pem -noout -pubkey, openssl pkey -in key.pem -pubout");

    public static readonly FindingCode KeyMissing = new("key.missing", Severity.Error,
        "The input holds no private key.",
        "Send the private key together with the certificate, in the same text or as a field of its own.");

    public static readonly FindingCode KeyUnsupported = new("key.unsupported", Severity.Error,
        "The key is of a kind that this product cannot check or deploy, such as ML-DSA.",
        "Use an RSA key of 2048 to 8192 bits or a key on P-256, P-384 or P-521; SM2 and Ed25519 are taken too; explicit curve parameters become a named curve with: openssl ec -in key.pem -param_enc named_curve");

    public static readonly FindingCode KeyWeak = new("key.weak", Severity.Error,
        "The key is too weak: RSA below 2048 bits, or a curve other than P-256, P-384 and P-521.",
        "Have the certificate issued again with an RSA key of 2048 bits or more, or with a P-256 key.");

    public static readonly FindingCode KeyBrowsers = new("key.browsers", Severity.Warning,
        "Browsers refuse the key or a signature of the chain: Ed25519. An information for SM2, which only clients made for China's standards know.",
        "Have the certificate issued with a P-256 or RSA key where browsers come; a server may hold one of each kind.");

    public static readonly FindingCode KeyPredictable = new("key.predictable", Severity.Error,
        "The RSA key was made by a chip whose primes follow a pattern, so that the private key can be computed (ROCA, CVE-2017-15361).",
        "Have the certificate issued again with a key that was made elsewhere, and look for other keys of the same card, token or board.");

    public static readonly FindingCode KeySharedPrime = new("key.shared-prime", Severity.Error,
        "The RSA key has a prime in common with another key kept here, so that both private keys can be computed by anybody who sees both certificates.",
        "Have both certificates issued again with keys that were made elsewhere, roll them out, have the old ones revoked, and look for what makes keys with too little randomness.");

    public static readonly FindingCode KeyUnexpected = new("key.unexpected", Severity.Error,
        "A private key came where only a certificate is taken.",
        "Leave the key out; to have the certificate deployed, upload both together.");

    public static readonly FindingCode LeafSeveral = new("leaf.several", Severity.Error,
        "The input holds several certificates for servers, each with its key.",
        "Upload them one by one, and the two of an SM2 pair in the fields certificate and encryptCertificate; one entry is taken out of a keystore with: keytool -importkeystore -srckeystore FILE -srcalias NAME -destkeystore one.p12 -deststoretype PKCS12");

    public static readonly FindingCode LeafPairKey = new("leaf.pair-key", Severity.Error,
        "The two certificates of an upload cannot be a pair: both have SM2 keys, and each its own.",
        "Send an encryption certificate only beside a signing certificate with an SM2 key; leave both fields out for any other certificate.");

    public static readonly FindingCode LeafPairUsage = new("leaf.pair-usage", Severity.Error,
        "A certificate of the pair may not be used for its part: the first signs, the second is encrypted to.",
        "Send the one with the key usage digitalSignature as certificate, and the one with keyEncipherment, dataEncipherment or keyAgreement as encryptCertificate.");

    public static readonly FindingCode LeafPairNames = new("leaf.pair-names", Severity.Error,
        "The two certificates of the pair do not name the same hosts.",
        "Send the two that were issued together, or have them issued with the same names.");

    public static readonly FindingCode LeafPairIssuer = new("leaf.pair-issuer", Severity.Error,
        "The two certificates of the pair were not issued by the same authority, and a server sends one chain for both.",
        "Send the two that were issued together.");

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
        "The extended key usage does not include serverAuth (RFC 5280 section 4.2.1.12). A warning where it includes any purpose.",
        "Have it issued for TLS servers.");

    public static readonly FindingCode LeafCritical = new("leaf.critical", Severity.Error,
        "The certificate has a critical extension that is not known here; clients refuse what they do not know (RFC 5280 section 4.2).",
        "Have it issued with a usual profile; in place of a precertificate send the certificate that was issued after it.");

    public static readonly FindingCode LeafWeakSignature = new("leaf.weak-signature", Severity.Error,
        "The certificate is signed with MD5 or SHA-1.",
        "Have it issued again with SHA-256 or better.");

    public static readonly FindingCode LeafNoSct = new("leaf.no-sct", Severity.Warning,
        "The chain is publicly trusted and the certificate holds no timestamps of Certificate Transparency logs, which Chrome, Safari and Firefox demand (RFC 6962 section 3.3).",
        "Have it issued with embedded timestamps, as authorities do unless told otherwise, or have the server send them in the handshake or with its OCSP answer.");

    public static readonly FindingCode LeafMustStaple = new("leaf.must-staple", Severity.Info,
        "The certificate demands that servers staple an OCSP answer (must-staple, RFC 7633); clients that look for it refuse a server that does not.",
        "Turn stapling on where it is served (nginx: ssl_stapling on, ssl_stapling_verify on; Apache: SSLUseStapling on), or have it issued without this demand.");

    public static readonly FindingCode ValidityTooLong = new("validity.too-long", Severity.Warning,
        "The certificate is valid for longer than public authorities may issue: 398 days since 2020-09-01, 200 since 2026-03-15, 100 since 2027-03-15, 47 since 2029-03-15 (CA/B Forum SC-081). An information where a private authority issued it.",
        "Have it issued for a shorter time, and renewed automatically.");

    public static readonly FindingCode ChainCompleted = new("chain.completed", Severity.Info,
        "An intermediate was missing and was added: it had been seen with another certificate, or was fetched from where the certificate below it says.",
        "Nothing to do; send the intermediates along to be independent of this.");

    public static readonly FindingCode ChainAwaited = new("chain.awaited", Severity.Warning,
        "The intermediate that issued the certificate did not come along; it is being fetched from where the certificate says.",
        "Look again in a minute, or upload the certificate again with the intermediates that the authority supplies. Rollouts wait for it.");

    public static readonly FindingCode ChainUnavailable = new("chain.unavailable", Severity.Warning,
        "A missing intermediate could not be had from where the certificate below it says.",
        "Upload the certificate again with the intermediates that the authority supplies, or let this host reach the address by http (Outgoing:Allow for a private one).");

    public static readonly FindingCode ChainPolicy = new("chain.policy", Severity.Error,
        "The chain breaks what one of its authorities demands of certificate policies (RFC 5280 section 6.1).",
        "Have the certificate issued under a policy that the authorities above allow, or by another authority.");

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

    public static readonly FindingCode ChainSignerIdentity = new("chain.signer-identity", Severity.Error,
        "An SM2 signature was made in the name of nobody; the signer's name is part of what is signed, and clients take the usual one (GM/T 0009 section 10).",
        "Have the certificate signed again with the usual identity; OpenSSL 3 is told so: openssl x509 -req -sm3 -sigopt distid:1234567812345678");

    public static readonly FindingCode ChainNames = new("chain.names", Severity.Error,
        "A certificate names what an authority above it may not issue for (name constraints, RFC 5280 section 4.2.1.10).",
        "Have it issued by an authority that may issue for these names.");

    public static readonly FindingCode ChainPurpose = new("chain.purpose", Severity.Error,
        "The extended key usage of an authority in the chain does not include serverAuth; clients hold it against everything below. A warning where it includes any purpose.",
        "Have the certificate issued by an authority for TLS servers.");

    public static readonly FindingCode ChainCritical = new("chain.critical", Severity.Error,
        "A certificate of the chain has a critical extension that is not known here; clients refuse what they do not know (RFC 5280 section 4.2).",
        "Have the certificate issued by another authority, or with a usual profile.");

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

    public static readonly FindingCode NameDropped = new("name.dropped", Severity.Warning,
        "A target needs a name that the certificate has now and would not have any more.",
        "Have the certificate issued with that name too, or give the target another certificate before the next rollout, which is refused otherwise.");
}
