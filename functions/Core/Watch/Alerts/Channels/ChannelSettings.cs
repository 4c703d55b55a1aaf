using System.ComponentModel;
using System.Net.Http.Headers;
using System.Net.Mail;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>One channel as the settings name it. Address, secret and password are given by environment and go nowhere but to the other side.</summary>
public sealed record ChannelSettings
{
    [Description("The kind: webhook, slack, teams, dingtalk, wecom, feishu, email or template.")]
    public string Kind { get; init; } = "";

    [Description("The least level that goes through it: notice, warning or critical.")]
    public string Level { get; init; } = "notice";

    [Description("The address that messages are posted to; it often holds a token, so give it by environment. https, or http on loopback and for webhook and template.")]
    public string? Url { get; init; }

    [Description("The secret that messages are signed with: for a webhook at least 16 characters, for DingTalk and Feishu the robot's.")]
    public string? Secret { get; init; }

    [Description("E-mail: the SMTP server.")]
    public string? Server { get; init; }

    [Description("E-mail: the server's port; 587 when absent, 465 with implicit TLS.")]
    public int? Port { get; init; }

    [Description("E-mail: starttls (when absent), implicit, or none for a relay that takes no password.")]
    public string? Tls { get; init; }

    [Description("E-mail: the user to log in as.")]
    public string? User { get; init; }

    [Description("E-mail: the user's password; give it by environment.")]
    public string? Password { get; init; }

    [Description("E-mail: the address that messages come from.")]
    public string? From { get; init; }

    [Description("E-mail: the addresses that messages go to.")]
    public IReadOnlyList<string> To { get; init; } = [];

    [Description("Template: GET, POST (when absent), PUT or PATCH.")]
    public string? Method { get; init; }

    [Description("Template: headers of the request by name; give those that hold a token by environment.")]
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    [Description("Template: the content type of the body; application/json; charset=utf-8 when absent.")]
    public string? ContentType { get; init; }

    [Description("Template: the body, with the placeholders {{id}}, {{title}}, {{text}}, {{owner}}, {{level}}, {{count}} and {{time}}, which the address takes too.")]
    public string? Body { get; init; }

    [Description("Template: a text that the answer holds when the message was taken, for gateways that answer 200 to everything.")]
    public string? Expect { get; init; }

    /// <summary>The level of <see cref="Level"/>; null for any other word.</summary>
    internal AlertLevel? Least => Level switch
    {
        "notice" => AlertLevel.Notice,
        "warning" => AlertLevel.Warning,
        "critical" => AlertLevel.Critical,
        _ => null,
    };

    /// <summary>Every fault, by the name of its setting. Values are not repeated: they may be secrets.</summary>
    internal IEnumerable<(string Member, string Message)> Faults()
    {
        if (Least is null)
            yield return (nameof(Level), "The level is notice, warning or critical.");
        if (NoticeChannels.Find(Kind) is not { } kind)
        {
            yield return (nameof(Kind), $"The kind is one of {string.Join(", ", NoticeChannels.All.Select(static known => known.Name))}.");
            yield break;
        }

        foreach (var (member, isSet) in Special())
        {
            if (!isSet && kind.Needs.Contains(member))
                yield return (member, $"A channel of the kind {Kind} needs it.");
            if (isSet && !kind.Needs.Contains(member) && !kind.Takes.Contains(member))
                yield return (member, $"A channel of the kind {Kind} has no use for it.");
        }

        foreach (var fault in Values())
            yield return fault;
    }

    /// <summary>The settings that depend on the kind.</summary>
    private IEnumerable<(string Member, bool IsSet)> Special() =>
    [
        (nameof(Url), Url is not null),
        (nameof(Secret), Secret is not null),
        (nameof(Server), Server is not null),
        (nameof(Port), Port is not null),
        (nameof(Tls), Tls is not null),
        (nameof(User), User is not null),
        (nameof(Password), Password is not null),
        (nameof(From), From is not null),
        (nameof(To), To.Count > 0),
        (nameof(Method), Method is not null),
        (nameof(Headers), Headers.Count > 0),
        (nameof(ContentType), ContentType is not null),
        (nameof(Body), Body is not null),
        (nameof(Expect), Expect is not null),
    ];

    private IEnumerable<(string Member, string Message)> Values()
    {
        if (Url is not null && !(Uri.TryCreate(Url, UriKind.Absolute, out var url) && IsUsable(url)))
            yield return (nameof(Url), "The address begins with https://, or with http:// on loopback and for the kinds webhook and template; it has no user and no fragment.");
        if (Kind == CloudEventsChannel.Name && Secret is { Length: < 16 })
            yield return (nameof(Secret), "The secret has at least 16 characters.");
        foreach (var fault in Kind switch { EmailChannel.Name => MailFaults(), TemplateChannel.Name => TemplateFaults(), _ => [] })
            yield return fault;
    }

    private IEnumerable<(string Member, string Message)> MailFaults()
    {
        if (Server is not null && Uri.CheckHostName(Server) == UriHostNameType.Unknown)
            yield return (nameof(Server), "The server is a host name or an address.");
        if (Port is < 1 or > 65535)
            yield return (nameof(Port), "A port lies between 1 and 65535.");
        if (Tls is not (null or "starttls" or "implicit" or "none"))
            yield return (nameof(Tls), "It is starttls, implicit or none.");
        if (User is null != Password is null)
            yield return (User is null ? nameof(User) : nameof(Password), "User and password are given together.");
        if (Tls == "none" && Password is not null)
            yield return (nameof(Tls), "A password is sent within TLS only.");
        if (From is not null && !IsMailAddress(From))
            yield return (nameof(From), "It is a plain address such as certrelay@example.com.");
        foreach (var (index, _) in To.Index().Where(static entry => !IsMailAddress(entry.Item)))
            yield return ($"{nameof(To)}:{index}", "It is a plain address such as ops@example.com.");
    }

    private IEnumerable<(string Member, string Message)> TemplateFaults()
    {
        if (Method is not (null or "GET" or "POST" or "PUT" or "PATCH"))
            yield return (nameof(Method), "The method is GET, POST, PUT or PATCH.");
        if (Method == "GET" && Body is not null)
            yield return (nameof(Body), "A GET has no body.");
        if (ContentType is not null && !MediaTypeHeaderValue.TryParse(ContentType, out _))
            yield return (nameof(ContentType), "It is a content type such as application/json.");
        foreach (var (name, value) in Headers)
        {
            using var probe = new HttpRequestMessage();
            if (value.Any(char.IsControl) || !probe.Headers.TryAddWithoutValidation(name, value))
                yield return ($"{nameof(Headers)}:{name}", "It is no header of a request; the content type has a setting of its own.");
        }

        foreach (var (member, text) in new[] { (nameof(Url), Url), (nameof(Body), Body) })
        {
            if (text is not null && Template.UnknownIn(text).Any())
                yield return (member, "It has a placeholder that is none of {{id}}, {{title}}, {{text}}, {{owner}}, {{level}}, {{count}} and {{time}}.");
        }
    }

    // The host is the operator's word, never a message's.
    private bool IsUsable(Uri url) => url is { UserInfo.Length: 0, Fragment.Length: 0 } && !url.Authority.Contains('{', StringComparison.Ordinal)
        && (url.Scheme == Uri.UriSchemeHttps
            || (url.Scheme == Uri.UriSchemeHttp && (url.IsLoopback || Kind is CloudEventsChannel.Name or TemplateChannel.Name)));

    private static bool IsMailAddress(string text) =>
        text.All(static c => c is > ' ' and < (char)0x7f and not ('<' or '>')) && MailAddress.TryCreate(text, out var address) && address.Address == text;

    /// <summary>Secrets do not print.</summary>
    public override string ToString() => $"{Kind} channel";
}
