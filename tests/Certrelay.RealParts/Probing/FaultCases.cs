using Certrelay.Outgoing;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;
using static Certrelay.RealParts.Probing.FaultScene;

namespace Certrelay.RealParts.Probing;

/// <summary>A real server with one fault, and exactly the findings that a probe of it has.</summary>
internal sealed record FaultCase(string Name, string[] Codes, Func<FaultScene, Task> Arrange);

/// <summary>The matrix: connection, TLS, names, chain, validity, HTTP; STARTTLS and revocation are in files of their own.</summary>
internal static class FaultCases
{
    public static IReadOnlyList<FaultCase> All { get; } = [.. Connection(), .. Protocol(), .. Names(), .. Chains(), .. Leaves(), .. Web(), .. StartTlsCases.All, .. RevocationCases.All];

    private static IEnumerable<FaultCase> Connection() =>
    [
        new("nothing wrong", [], scene => scene.NginxAsync(Leaf())),
        new("closed port", ["probe.refused"], scene => { scene.Endpoint = scene.Endpoint with { Port = RealProcess.FreePort(First) }; return Task.CompletedTask; }),
        new("silence", ["probe.timeout"], scene => { scene.Silent(); return Task.CompletedTask; }),
        new("host without an address", ["dns.no-address"], scene => { scene.Endpoint = new Endpoint("shop.invalid", 443); return Task.CompletedTask; }),
        new("metadata address", ["probe.forbidden"], scene => { scene.Endpoint = new Endpoint("169.254.169.254", 443); return Task.CompletedTask; }),
        new("plain HTTP", ["probe.not-tls"], async scene => scene.Endpoint = scene.Endpoint with { Port = await scene.PlainHttpAsync("") }),
        new("SSH", ["probe.not-tls"], Plain(StartTls.None, PlainServer.Lines(tls: false, ">SSH-2.0-OpenSSH_9.2"))),
        new("hanging up at the hello", ["probe.handshake"], Plain(StartTls.None, PlainServer.Bytes(tls: false, expected: 100, []))),
        new("two addresses that differ", ["probe.address-differs"], async scene =>
        {
            await scene.NginxAsync(Leaf());
            scene.Endpoint = scene.Endpoint with { Addresses = [First.ToString(), Second.ToString()] };
            await scene.NginxAsync(Leaf(), at: Second, port: scene.Endpoint.Port);
        }),
        new("one of two addresses closed", ["probe.refused"], async scene =>
        {
            await scene.NginxAsync(Leaf());
            scene.Endpoint = scene.Endpoint with { Addresses = [First.ToString(), Second.ToString()] };
        }),
        new("another leaf than expected", ["probe.other-leaf"], async scene =>
        {
            await scene.NginxAsync(Leaf());
            scene.Options = scene.Options with { Expected = Root.Fingerprint };
        }),
    ];

    private static IEnumerable<FaultCase> Protocol() =>
    [
        new("no common cipher suite", ["probe.alert"], scene => scene.OpenSslAsync(Leaf(), "-tls1_2", "-cipher", "AECDH-AES128-SHA:@SECLEVEL=0")),
        new("TLS 1.1 only", ["probe.old-protocol-only"], scene => scene.NginxAsync(Leaf(), more: "ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;")),
        new("TLS 1.0 only", ["probe.old-protocol-only"], scene => scene.OpenSslAsync(Leaf(), "-tls1", "-cipher", "ALL:@SECLEVEL=0")),
        new("TLS 1.0 beside 1.2", ["probe.old-protocol"], scene => scene.NginxAsync(Leaf(), more: "ssl_protocols TLSv1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;")),
        new("TLS 1.2 only", [], scene => scene.OpenSslAsync(Leaf(), "-tls1_2")),
        new("TLS 1.3 only", ["probe.old-client-refused"], scene => scene.NginxAsync(Leaf(), more: "ssl_protocols TLSv1.3;")),
        new("ECDSA only", ["probe.rsa-refused"], scene => scene.NginxAsync(Leaf(static leaf => leaf with { Key = TestKey.P256() }))),
        new("client certificate demanded", ["probe.client-certificate"], scene => scene.OpenSslAsync(Leaf(), "-tls1_2", "-Verify", "1")),
        new("an expired RSA certificate beside a good ECDSA one", ["probe.expired"], scene =>
            scene.NginxAsync(Leaf(static leaf => leaf with { Key = TestKey.P256() }), more: scene.Serve(Leaf(Expired), Intermediate))),
    ];

    private static IEnumerable<FaultCase> Names() =>
    [
        new("unknown name refused", ["probe.name-unknown"], scene => scene.NginxAsync(Leaf(), more: "ssl_reject_handshake on;")),
        new("default host for an unknown name", ["probe.default-host"], scene => scene.NginxAsync(Leaf(Other))),
        new("wrong certificate for a known name", ["probe.name-mismatch"], scene => scene.NginxAsync(
            Leaf(static leaf => leaf with { Names = ["default.example.com"] }),
            servers: listen => $"server {{ {listen} server_name {Name}; {scene.Serve(Leaf(Other), Intermediate)} return 200; }}")),
        new("wildcard for the label below", ["probe.default-host"], scene => scene.NginxAsync(Leaf(static leaf => leaf with { Names = ["*.shop.example.com"] }))),
        new("another default host", ["probe.sni-needed"], scene => scene.NginxAsync(
            Leaf(Other), servers: listen => $"server {{ {listen} server_name {Name}; {scene.Serve(Leaf(), Intermediate)} return 200; }}")),
        new("name against an address", ["probe.name-address"], async scene =>
        {
            await scene.NginxAsync(Leaf());
            scene.Endpoint = new Endpoint(First.ToString(), scene.Endpoint.Port);
        }),
        new("no name at all", ["leaf.no-san"], scene => scene.NginxAsync(Leaf(static leaf => leaf with { Names = [], Subject = $"CN={Name}" }))),
    ];

    private static IEnumerable<FaultCase> Chains() =>
    [
        new("missing intermediate", ["probe.missing-intermediate"], scene =>
            scene.NginxAsync(Leaf(static leaf => leaf with { IssuerUrl = "http://ca.example.com/ca.cer" }), chain: [])),
        new("leaf alone, from who knows whom", ["probe.unknown-issuer"], scene => scene.NginxAsync(Leaf(), chain: [])),
        new("untrusted root", ["probe.untrusted-root"], scene => scene.NginxAsync(Leaf(issuer: TestCertificates.Root("Other Root").IssueAuthority("Other Intermediate")))),
        new("self-signed", ["probe.self-signed"], scene => scene.NginxAsync(TestCertificates.SelfSigned(new TestCertificateOptions { Names = [Name], Key = Key }))),
        new("expired intermediate", ["probe.expired-intermediate"], scene =>
            scene.NginxAsync(Leaf(issuer: Root.Issue(TestCertificates.Authority("Old Intermediate") with { NotAfter = Now.AddDays(-1) })))),
        new("intermediate that is no authority", ["chain.broken"], scene =>
            scene.NginxAsync(Leaf(issuer: Root.Issue(new TestCertificateOptions { Subject = "CN=No Authority", Purposes = null })))),
        new("wrong order", ["probe.chain-order"], scene =>
        {
            var lower = Intermediate.IssueAuthority("Lower Intermediate");
            return scene.NginxAsync(Leaf(issuer: lower), chain: [Intermediate, lower]);
        }),
        new("strange certificate", ["probe.extra-chain"], scene => scene.NginxAsync(Leaf(), chain: [Intermediate, TestCertificates.Root("Strange Root")])),
        new("root sent", ["probe.extra-chain"], scene => scene.NginxAsync(Leaf(), chain: [Intermediate, Root])),
        new("intermediate twice", ["probe.extra-chain"], scene => scene.NginxAsync(Leaf(), chain: [Intermediate, Intermediate])),
    ];

    private static IEnumerable<FaultCase> Leaves() =>
    [
        new("expired", ["probe.expired"], scene => scene.NginxAsync(Leaf(Expired))),
        new("not yet valid", ["probe.not-yet-valid"], scene => scene.NginxAsync(Leaf(static leaf => leaf with { NotBefore = Now.AddDays(1) }))),
        new("near its end", ["probe.expires-soon"], scene => scene.NginxAsync(Leaf(static leaf => leaf with { NotBefore = Now.AddDays(-80), NotAfter = Now.AddDays(10) }))),
        new("for clients", ["leaf.no-server-auth"], scene => scene.NginxAsync(Leaf(static leaf => leaf with { Purposes = [TestCertificates.ClientAuth] }))),
        new("weak key", ["key.weak"], scene =>
            scene.NginxAsync(Leaf(static leaf => leaf with { Key = TestKey.Rsa(1024) }), more: "ssl_protocols TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;")),
        new("expired, for another name, alone", ["probe.default-host", "probe.expired", "probe.unknown-issuer"], scene =>
            scene.NginxAsync(Leaf(static leaf => Other(Expired(leaf))), chain: [])),
    ];

    private static IEnumerable<FaultCase> Web() =>
    [
        new("no HSTS", ["probe.no-hsts"], scene => scene.NginxAsync(Leaf(), hsts: false)),
        new("plain HTTP beside https", ["probe.no-redirect"], async scene =>
        {
            var plain = await scene.PlainHttpAsync("");
            await scene.NginxAsync(Leaf());
            scene.Options = scene.Options with { Survey = scene.Options.Survey with { PlainHttpPort = plain } };
        }),
        new("plain HTTP that redirects", [], async scene =>
        {
            var plain = await scene.PlainHttpAsync($"return 301 https://{Name}/;");
            await scene.NginxAsync(Leaf());
            scene.Options = scene.Options with { Survey = scene.Options.Survey with { PlainHttpPort = plain } };
        }),
    ];

    private static TestCertificateOptions Expired(TestCertificateOptions leaf) => leaf with { NotAfter = Now.AddDays(-1) };

    private static TestCertificateOptions Other(TestCertificateOptions leaf) => leaf with { Names = ["other.example.com"] };

    private static Func<FaultScene, Task> Plain(StartTls startTls, Func<Stream, CancellationToken, Task<bool>> preamble) => scene =>
    {
        scene.Plain(startTls, preamble);
        return Task.CompletedTask;
    };
}
