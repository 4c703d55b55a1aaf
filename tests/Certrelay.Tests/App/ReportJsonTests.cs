using System.Text.Json;
using Certrelay.App.Cli.Probe;
using Certrelay.App.Http;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Watch.Probing;

namespace Certrelay.Tests.App;

public sealed class ReportJsonTests
{
    private static readonly Fingerprint Leaf = Fingerprint.Of([1, 2, 3]);

    private static readonly EndpointReport Report = new()
    {
        Endpoint = "shop.example.com:25",
        Name = "läden.example.com",
        StartTls = StartTls.Smtp,
        Good = false,
        Addresses =
        [
            new AddressReport
            {
                Address = "2001:db8::1",
                Milliseconds = 12,
                Proved = true,
                Leaf = new LeafReport
                {
                    Fingerprint = Leaf,
                    Subject = "CN=läden.example.com",
                    Issuer = "O=\"A & B\" <c>",
                    Serial = "0a",
                    Names = ["läden.example.com", "*.example.com"],
                    Covers = true,
                    NotBefore = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
                    NotAfter = new DateTimeOffset(2026, 4, 2, 3, 4, 5, TimeSpan.Zero),
                    DaysLeft = -3,
                    Key = "P-256",
                    Signature = "ECDSA with SHA-256",
                },
                Chain = new ChainReport { State = "complete", Sent = ["CN=läden.example.com", "CN=Issuer"] },
                Version = "1.3",
                Versions = ["1.2", "1.3"],
                ApplicationProtocol = "h2",
                Profiles = new ProfileReports(null, new ProfileReport { Accepted = true, Leaf = Leaf }, new ProfileReport { Accepted = false, Alert = "handshake_failure" }),
                Http = new HttpReport { Status = 200, Server = "nginx", Kinds = ["nginx"], HstsSeconds = 1, RedirectsToHttps = false },
                Revocation = new RevocationReport { State = "revoked", Source = "http://ca.example.com/", RevokedAt = new DateTimeOffset(2026, 2, 2, 0, 0, 0, TimeSpan.Zero) },
                Findings = [new Finding("probe.expired", Severity.Error, "[2001:db8::1]:25", "The certificate expired.", "Renew it."), new Finding("a.b", Severity.Info, "", "", "")],
            },
            new AddressReport { Address = "192.0.2.1", Milliseconds = 0, Proved = false, Findings = [] },
        ],
        Findings = [],
    };

    [Fact]
    public void Command_line_writes_what_the_api_answers() =>
        Assert.Equal(JsonSerializer.Serialize(Report, EdgeJson.Options), ReportJson.Write(Report));
}
