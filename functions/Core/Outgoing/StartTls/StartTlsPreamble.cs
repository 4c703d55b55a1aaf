namespace Certrelay.Outgoing;

/// <summary>The server took part in the plain conversation and would not turn to TLS; the message is a clause that tells how it declined.</summary>
internal sealed class StartTlsDeclinedException(string message) : Exception(message);

/// <summary>Leads a plain connection to the point where the ClientHello is due.</summary>
internal static class StartTlsPreamble
{
    /// <summary>
    /// Returns when the server has agreed to TLS; throws <see cref="StartTlsDeclinedException"/> when it has not, <see cref="IOException"/> when it hung up.
    /// </summary>
    public static Task RunAsync(Stream stream, StartTls protocol, CancellationToken cancellationToken) => protocol switch
    {
        StartTls.Smtp => MailPreamble.SmtpAsync(new LineConversation(stream), cancellationToken),
        StartTls.Imap => MailPreamble.ImapAsync(new LineConversation(stream), cancellationToken),
        StartTls.Pop3 => MailPreamble.Pop3Async(new LineConversation(stream), cancellationToken),
        StartTls.Ldap => LdapPreamble.RunAsync(stream, cancellationToken),
        StartTls.PostgreSql => PostgreSqlPreamble.RunAsync(stream, cancellationToken),
        _ => Task.CompletedTask,
    };
}
