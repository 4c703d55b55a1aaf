using Certrelay.App;
using Certrelay.Watch.Alerts.Channels;
using Microsoft.Extensions.Configuration;

namespace Certrelay.Tests.Alerts;

public sealed class AlertSettingsTests
{
    private const string Hook = "Url=https://hooks.example.test/x";

    public static TheoryData<string, string, string> Faults() => new()
    {
        { "no kind", "", "Kind: The kind is one of webhook, slack, teams, dingtalk, wecom, feishu, email, template." },
        { "an unknown kind", "Kind=pager", "Kind: The kind is one of webhook, slack, teams, dingtalk, wecom, feishu, email, template." },
        { "a webhook without a secret", $"Kind=webhook {Hook}", "Secret: A channel of the kind webhook needs it." },
        { "a short secret", $"Kind=webhook {Hook} Secret=short", "Secret: The secret has at least 16 characters." },
        { "no address", "Kind=slack", "Url: A channel of the kind slack needs it." },
        { "a secret that would not be used", $"Kind=slack {Hook} Secret=x", "Secret: A channel of the kind slack has no use for it." },
        { "http to a chat", "Kind=slack Url=http://hooks.example.test", Address },
        { "a user in the address", "Kind=slack Url=https://u:p@hooks.example.test", Address },
        { "a host from the message", "Kind=template Url=https://{{owner}}/", Address },
        { "no level", $"Kind=slack {Hook} Level=high", "Level: The level is notice, warning or critical." },
        { "no recipients", "Kind=email Server=mail.example.test From=a@example.test", "To: A channel of the kind email needs it." },
        { "no server name", "Kind=email Server=a/b From=a@example.test To:0=b@example.test", "Server: The server is a host name or an address." },
        { "no port", "Kind=email Server=mail.example.test Port=0 From=a@example.test To:0=b@example.test", "Port: A port lies between 1 and 65535." },
        { "no such protection", "Kind=email Server=mail.example.test Tls=maybe From=a@example.test To:0=b@example.test", "Tls: It is starttls, implicit or none." },
        { "a password in the clear", "Kind=email Server=mail.example.test Tls=none User=u Password=p From=a@example.test To:0=b@example.test", "Tls: A password is sent within TLS only." },
        { "a user without a password", "Kind=email Server=mail.example.test User=u From=a@example.test To:0=b@example.test", "Password: User and password are given together." },
        { "a sender that is no address", "Kind=email Server=mail.example.test From=me To:0=b@example.test", "From: It is a plain address such as certrelay@example.com." },
        { "a recipient that is no address", "Kind=email Server=mail.example.test From=a@example.test To:0=<b@example.test>", "To:0: It is a plain address such as ops@example.com." },
        { "no method", $"Kind=template {Hook} Method=DELETE", "Method: The method is GET, POST, PUT or PATCH." },
        { "a GET with a body", $"Kind=template {Hook} Method=GET Body=x", "Body: A GET has no body." },
        { "no content type", $"Kind=template {Hook} Body=x ContentType=text", "ContentType: It is a content type such as application/json." },
        { "an unknown placeholder", $"Kind=template {Hook} Body={{{{name}}}}", "Body: It has a placeholder that is none of {{id}}, {{title}}, {{text}}, {{owner}}, {{level}}, {{count}} and {{time}}." },
        { "no header of a request", $"Kind=template {Hook} Headers:Content-Type=x", "Headers:Content-Type: It is no header of a request; the content type has a setting of its own." },
    };

    private const string Address =
        "Url: The address begins with https://, or with http:// on loopback and for the kinds webhook and template; it has no user and no fragment.";

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_of_a_channel_is_told_with_its_setting(string row, string channel, string fault)
    {
        Assert.NotEmpty(row);
        var values = channel.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(pair => ($"Alerts:Channels:ops:{pair[0]}", pair[1]));

        var faults = Assert.Throws<SettingsException>(() => Read([("Alerts:Channels:ops:Level", "notice"), .. values])).Faults;

        Assert.Equal([$"Alerts:Channels:ops:{fault}"], faults);
    }

    [Fact]
    public void Routes_and_the_default_name_channels_that_exist()
    {
        var faults = Assert.Throws<SettingsException>(() => Read(
            ("Alerts:Routes:0:Channels:0", "gone"), ("Alerts:Default:0", "lost"), ("Alerts:GroupSeconds", "-1"), ("Alerts:Channels:O P:Kind", "slack"), ("Alerts:Channels:O P:Url", "https://x.test"))).Faults;

        Assert.Equal(
            [
                "Alerts:GroupSeconds: The field GroupSeconds must be between 0 and 3600.",
                "Alerts:Channels:O P: The name of a channel is 1 to 63 of a-z, 0-9 and single hyphens.",
                "Alerts:Routes:0:Owner: A route names an owner, or the beginning of several with a star.",
                "Alerts:Routes:0:Channels:0: There is no channel 'gone'.",
                "Alerts:Default:0: There is no channel 'lost'.",
            ],
            faults);
    }

    [Fact]
    public void Channels_and_routes_are_read()
    {
        var alerts = Read(
            ("Alerts:Channels:ops:Kind", "template"), ("Alerts:Channels:ops:Url", "http://sms.example.test/{{level}}"), ("Alerts:Channels:ops:Headers:X-Key", "k"),
            ("Alerts:Routes:0:Owner", "web-*"), ("Alerts:Routes:0:Channels:0", "ops")).Alerts;

        Assert.Equal(("k", "web-*", "ops"), (alerts.Channels["ops"].Headers["X-Key"], alerts.Routes.Single().Owner, Assert.Single(alerts.ChannelsOf("WEB-shop"))));
    }

    [Fact]
    public void Every_kind_names_settings_that_exist() =>
        Assert.All(NoticeChannels.All.SelectMany(kind => kind.Needs.Concat(kind.Takes)), name => Assert.NotNull(typeof(ChannelSettings).GetProperty(name)));

    [Fact]
    public void Every_channel_is_listed()
    {
        var kinds = typeof(INoticeChannel).Assembly.GetTypes().Where(type => type.IsClass && typeof(INoticeChannel).IsAssignableFrom(type))
            .Select(type => (ChannelKind)type.GetField("Kind")!.GetValue(null)!);

        Assert.Equal(NoticeChannels.All.Select(kind => kind.Name).Order(), kinds.Select(kind => kind.Name).Order());
    }

    private static Settings Read(params (string Key, string Value)[] values)
    {
        var last = values.GroupBy(pair => pair.Key).Select(group => KeyValuePair.Create(group.Key, (string?)group.Last().Value));
        return SettingsCheck.Read(new ConfigurationBuilder().AddInMemoryCollection(last).Build());
    }
}
