using Certrelay.Outgoing;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>A mail through an SMTP server: STARTTLS before anything is said, TLS from the beginning, or, for a relay on a trusted way, neither.</summary>
public sealed class EmailChannel(ChannelSettings settings, ChannelContext context) : INoticeChannel
{
    public const string Name = "email";

    private const int LongestText = 256 * 1024;

    public static readonly ChannelKind Kind = new(
        Name,
        [nameof(ChannelSettings.Server), nameof(ChannelSettings.From), nameof(ChannelSettings.To)],
        [nameof(ChannelSettings.Port), nameof(ChannelSettings.Tls), nameof(ChannelSettings.User), nameof(ChannelSettings.Password)],
        static (settings, context) => new EmailChannel(settings, context));

    public async Task SendAsync(NoticeMessage message, CancellationToken cancellationToken)
    {
        var (server, tls) = (settings.Server!, settings.Tls ?? "starttls");
        var port = settings.Port ?? (tls == "implicit" ? 465 : 587);
        var socket = await context.Connection.OpenAsync(OutgoingClass.Webhook, server, port, cancellationToken);
        await using var session = new SmtpSession(socket);
        if (tls == "implicit")
            await session.SecureAsync(server, cancellationToken);
        await session.GreetAsync(cancellationToken);
        if (tls == "starttls")
            await session.StartTlsAsync(server, cancellationToken);
        if (settings is { User: { } user, Password: { } password })
            await session.AuthenticateAsync(user, password, cancellationToken);
        var refused = await session.SendAsync(settings.From!, settings.To, MailText.Of(message, settings.From!, settings.To, LongestText), cancellationToken);
        // The others have it: another try would send it to them again.
        if (refused > 0)
            throw new Permanent("channel.recipient", $"The mail server refused {refused} of {settings.To.Count} recipients; the others have the message.");
    }
}
