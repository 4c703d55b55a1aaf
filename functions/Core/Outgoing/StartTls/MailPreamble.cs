namespace Certrelay.Outgoing;

/// <summary>STARTTLS of SMTP (RFC 3207 section 4), IMAP (RFC 9051 section 6.2.1) and POP3 (RFC 2595 section 4).</summary>
internal static class MailPreamble
{
    public static async Task SmtpAsync(LineConversation server, CancellationToken cancellationToken)
    {
        await ReplyAsync(server, "220", "greets with", cancellationToken);
        // RFC 5321 section 4.1.3: a client without a name of its own gives an address literal.
        await server.SayAsync("EHLO [127.0.0.1]", cancellationToken);
        var offers = await ReplyAsync(server, "250", "answers EHLO with", cancellationToken);
        if (!offers.Exists(static line => line.Length > 4 && line[4..].Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
            throw new StartTlsDeclinedException("does not offer STARTTLS");
        await server.SayAsync("STARTTLS", cancellationToken);
        await ReplyAsync(server, "220", "answers STARTTLS with", cancellationToken);
    }

    public static async Task ImapAsync(LineConversation server, CancellationToken cancellationToken)
    {
        var greeting = await server.HearAsync(cancellationToken);
        if (!greeting.StartsWith("* OK", StringComparison.OrdinalIgnoreCase))
            throw new StartTlsDeclinedException($"greets with {LineConversation.Quote(greeting)}");
        await server.SayAsync("a1 STARTTLS", cancellationToken);
        string line;
        do
            line = await server.HearAsync(cancellationToken);
        while (!line.StartsWith("a1 ", StringComparison.OrdinalIgnoreCase));
        if (!line.StartsWith("a1 OK", StringComparison.OrdinalIgnoreCase))
            throw new StartTlsDeclinedException($"answers STARTTLS with {LineConversation.Quote(line)}");
    }

    public static async Task Pop3Async(LineConversation server, CancellationToken cancellationToken)
    {
        await OkAsync(server, "greets with", cancellationToken);
        await server.SayAsync("STLS", cancellationToken);
        await OkAsync(server, "answers STLS with", cancellationToken);
    }

    private static async Task OkAsync(LineConversation server, string act, CancellationToken cancellationToken)
    {
        var line = await server.HearAsync(cancellationToken);
        if (!line.StartsWith("+OK", StringComparison.OrdinalIgnoreCase))
            throw new StartTlsDeclinedException($"{act} {LineConversation.Quote(line)}");
    }

    // RFC 5321 section 4.2.1: a hyphen behind the code says that more lines follow.
    private static async Task<List<string>> ReplyAsync(LineConversation server, string code, string act, CancellationToken cancellationToken)
    {
        List<string> lines = [];
        do
        {
            lines.Add(await server.HearAsync(cancellationToken));
            if (!lines[^1].StartsWith(code, StringComparison.Ordinal))
                throw new StartTlsDeclinedException($"{act} {LineConversation.Quote(lines[^1])}");
        }
        while (lines[^1].Length > 3 && lines[^1][3] == '-');
        return lines;
    }
}
