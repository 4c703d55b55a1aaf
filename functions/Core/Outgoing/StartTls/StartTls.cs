using System.Text.Json.Serialization;

namespace Certrelay.Outgoing;

/// <summary>Which protocol a connection opens with in plain text before it turns to TLS; <see cref="None"/>: TLS from the first byte.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StartTls>))]
public enum StartTls
{
    [JsonStringEnumMemberName("none")] None,
    [JsonStringEnumMemberName("smtp")] Smtp,
    [JsonStringEnumMemberName("imap")] Imap,
    [JsonStringEnumMemberName("pop3")] Pop3,
    [JsonStringEnumMemberName("ldap")] Ldap,
    [JsonStringEnumMemberName("postgresql")] PostgreSql,
}

/// <summary>The ports that IANA gives to protocols which begin in plain text.</summary>
internal static class StartTlsPorts
{
    /// <summary>What a server on this port expects first, where nobody says otherwise.</summary>
    public static StartTls Usual(int port) => port switch
    {
        25 or 587 => StartTls.Smtp,
        143 => StartTls.Imap,
        110 => StartTls.Pop3,
        389 => StartTls.Ldap,
        5432 => StartTls.PostgreSql,
        _ => StartTls.None,
    };
}
