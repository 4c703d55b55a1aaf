namespace Certrelay.Certificates;

// What a probe of an endpoint can see.
public static partial class FindingCodes
{
    public static readonly FindingCode DnsTimeout = new("dns.timeout", Severity.Error,
        "No name server answered in time.",
        "Check the resolver of this host.");

    public static readonly FindingCode DnsFailure = new("dns.failure", Severity.Error,
        "The name server answered with a failure.",
        "Check the zone and the resolver of this host.");

    public static readonly FindingCode DnsNoAddress = new("dns.no-address", Severity.Error,
        "The host name has no address.",
        "Check the spelling of the endpoint, or add its A or AAAA record.");

    public static readonly FindingCode DnsAliasLoop = new("dns.alias-loop", Severity.Error,
        "The aliases (CNAME) of a name lead in a circle, or over more than 16 names.",
        "Mend the CNAME records of the zone.");

    public static readonly FindingCode DnsNameInvalid = new("dns.name", Severity.Error,
        "This cannot be a domain name.",
        "Write it in A-label form (xn--…), labels of at most 63 characters, 253 in all.");

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
}
