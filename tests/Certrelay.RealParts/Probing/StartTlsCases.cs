using Certrelay.Outgoing;
using Certrelay.Tests.Support;
using static Certrelay.RealParts.Probing.FaultScene;

namespace Certrelay.RealParts.Probing;

/// <summary>The part of the matrix that begins in plain text.</summary>
internal static class StartTlsCases
{
    private static readonly string[] Smtp = [">220 mail.example.com ESMTP", "<EHLO [127.0.0.1]", ">250-mail.example.com", ">250-SIZE 1000", ">250 STARTTLS", "<STARTTLS"];
    private static readonly string[] Imap = [">* OK ready", "<a1 STARTTLS", ">* CAPABILITY IMAP4rev1"];
    private static readonly string[] Pop3 = [">+OK ready", "<STLS"];

    // LDAPMessage { 1, ExtendedResponse { resultCode, "", "" } }: RFC 4511 section 4.12; a request has 31 bytes.
    private const int LdapRequest = 31;
    private const int PostgreSqlRequest = 8;

    public static IReadOnlyList<FaultCase> All { get; } =
    [
        new("SMTP with nothing wrong", [], Server(StartTls.Smtp, PlainServer.Lines(tls: true, [.. Smtp, ">220 go ahead"]))),
        new("SMTP with an expired certificate", ["probe.expired"], Server(
            StartTls.Smtp, PlainServer.Lines(tls: true, [.. Smtp, ">220 go ahead"]), () => Leaf(static leaf => leaf with { NotAfter = Now.AddDays(-1) }))),
        new("SMTP without STARTTLS", ["probe.starttls"], Server(
            StartTls.Smtp, PlainServer.Lines(tls: false, ">220 mail.example.com", "<EHLO [127.0.0.1]", ">250-mail.example.com", ">250 SIZE 1000"))),
        new("SMTP that cannot now", ["probe.starttls"], Server(StartTls.Smtp, PlainServer.Lines(tls: false, [.. Smtp, ">454 TLS not available"]))),
        new("SMTP that turns strangers away", ["probe.starttls"], Server(StartTls.Smtp, PlainServer.Lines(tls: false, ">554 go away"))),
        new("IMAP with nothing wrong", [], Server(StartTls.Imap, PlainServer.Lines(tls: true, [.. Imap, ">a1 OK begin"]))),
        new("IMAP without STARTTLS", ["probe.starttls"], Server(StartTls.Imap, PlainServer.Lines(tls: false, [.. Imap, ">a1 BAD unknown"]))),
        new("POP3 with nothing wrong", [], Server(StartTls.Pop3, PlainServer.Lines(tls: true, [.. Pop3, ">+OK begin"]))),
        new("POP3 without STLS", ["probe.starttls"], Server(StartTls.Pop3, PlainServer.Lines(tls: false, [.. Pop3, ">-ERR unknown"]))),
        new("LDAP with nothing wrong", [], Server(StartTls.Ldap, PlainServer.Bytes(tls: true, LdapRequest, Ldap(0)))),
        new("LDAP that refuses", ["probe.starttls"], Server(StartTls.Ldap, PlainServer.Bytes(tls: false, LdapRequest, Ldap(52)))),
        new("PostgreSQL with nothing wrong", [], Server(StartTls.PostgreSql, PlainServer.Bytes(tls: true, PostgreSqlRequest, "S"u8.ToArray()))),
        new("PostgreSQL without TLS", ["probe.starttls"], Server(StartTls.PostgreSql, PlainServer.Bytes(tls: false, PostgreSqlRequest, "N"u8.ToArray()))),
    ];

    private static byte[] Ldap(byte result) => [0x30, 0x0C, 0x02, 0x01, 0x01, 0x78, 0x07, 0x0A, 0x01, result, 0x04, 0x00, 0x04, 0x00];

    private static Func<FaultScene, Task> Server(
        StartTls startTls, Func<Stream, CancellationToken, Task<bool>> preamble, Func<TestCertificate>? leaf = null) => scene =>
    {
        scene.Plain(startTls, preamble, leaf?.Invoke());
        return Task.CompletedTask;
    };
}
