namespace Certrelay.Certificates;

/// <summary>
/// What the packages for servers set: TLS 1.2 and 1.3, forward secrecy and authenticated ciphers only, the client's order. Mozilla's "intermediate" without its
/// DHE suites (https://wiki.mozilla.org/Security/Server_Side_TLS, version 5.7), which need parameters of their own and no current client lacks an alternative to.
/// </summary>
internal static class TlsSettings
{
    public const string Ciphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

    public const string Suites13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

    /// <summary>The DNS names and wildcards of a certificate.</summary>
    public static IReadOnlyList<string> HostsOf(CertificateRecord leaf) =>
        [.. leaf.Names.Where(static name => name.Kind is not SubjectNameKind.Address).Select(static name => name.Value)];

    /// <summary>The name that a server calls itself by, which is no wildcard.</summary>
    public static string MainHostOf(CertificateRecord leaf) =>
        leaf.Names.FirstOrDefault(static name => name.Kind is SubjectNameKind.Dns)?.Value
        ?? (leaf.Names.FirstOrDefault(static name => name.Kind is SubjectNameKind.Wildcard)?.Value[2..])
        ?? "localhost";
}
