using System.Security.Authentication;
using Certrelay.Outgoing;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;
using static Certrelay.RealParts.Probing.FaultScene;

namespace Certrelay.RealParts.Probing;

/// <summary>Quick looks at OpenSSL's server in each of its ways: most are settled by the first connection, and none differently from a complete handshake.</summary>
public sealed class QuickLookTests
{
    private static readonly Func<TestCertificateOptions, TestCertificateOptions> P256 = static leaf => leaf with { Key = TestKey.P256() };

    // Whether one connection is enough, and how the server is started.
    private static readonly Dictionary<string, (bool AtOnce, Func<FaultScene, string[], Task> Start)> Servers = new(StringComparer.Ordinal)
    {
        ["TLS 1.3, AES-128"] = (true, Tls13("TLS_AES_128_GCM_SHA256", P256)),
        ["TLS 1.3, AES-256"] = (true, Tls13("TLS_AES_256_GCM_SHA384", P256)),
        ["TLS 1.3, ChaCha20"] = (true, Tls13("TLS_CHACHA20_POLY1305_SHA256", P256)),
        ["TLS 1.3, RSA"] = (true, With(null, "-tls1_3")),
        ["TLS 1.3, P-384"] = (true, With(static leaf => leaf with { Key = TestKey.P384() }, "-tls1_3")),
        ["TLS 1.3, P-521"] = (true, With(static leaf => leaf with { Key = TestKey.P521() }, "-tls1_3")),
        ["TLS 1.3, Ed25519"] = (true, Laboratory("ed25519", "-tls1_3")),
        ["TLS 1.3, RSASSA-PSS"] = (true, Laboratory("rsa-pss -pkeyopt rsa_keygen_bits:2048", "-tls1_3")),
        ["TLS 1.3, client certificate asked for"] = (true, With(P256, "-tls1_3", "-verify", "1")),
        ["TLS 1.3, client certificate demanded"] = (true, With(P256, "-tls1_3", "-Verify", "1")),
        ["TLS 1.3, an application protocol chosen"] = (true, With(P256, "-tls1_3", "-alpn", "http/1.1,h2")),
        ["TLS 1.3, other application protocols"] = (false, With(P256, "-tls1_3", "-alpn", "imap")),
        ["TLS 1.3, another group"] = (false, With(P256, "-tls1_3", "-groups", "P-256")),
        ["TLS 1.3, records of 512 bytes"] = (true, With(P256, "-tls1_3", "-max_send_frag", "512")),
        ["TLS 1.2, ECDHE with ECDSA"] = (true, With(P256, "-tls1_2")),
        ["TLS 1.2, ECDHE with RSA"] = (true, With(null, "-tls1_2")),
        ["TLS 1.2, ECDHE with ChaCha20"] = (false, With(null, "-tls1_2", "-cipher", "ECDHE-RSA-CHACHA20-POLY1305")),
        ["TLS 1.2, ECDHE with CBC and SHA-256"] = (false, With(null, "-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA256")),
        ["TLS 1.2, ECDHE with CBC and SHA-1"] = (false, With(null, "-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA")),
        ["TLS 1.2, P-521 only"] = (true, With(P256, "-tls1_2", "-groups", "P-521")),
        ["TLS 1.2, Ed25519"] = (true, Laboratory("ed25519", "-tls1_2")),
        ["TLS 1.2, RSA key exchange"] = (false, With(null, "-tls1_2", "-cipher", "AES128-GCM-SHA256")),
        ["TLS 1.2, DHE"] = (false, With(null, "-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256")),
        ["TLS 1.2, client certificate asked for"] = (false, With(P256, "-tls1_2", "-verify", "1")),
        ["TLS 1.2, client certificate demanded"] = (false, With(P256, "-tls1_2", "-Verify", "1")),
        ["TLS 1.2, an application protocol chosen"] = (true, With(P256, "-tls1_2", "-alpn", "h2")),
        ["TLS 1.1"] = (false, With(null, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")),
    };

    public static TheoryData<string> Names => [.. Servers.Keys];

    [RealTheory("openssl")]
    [MemberData(nameof(Names))]
    public async Task Quick_look_shows_what_a_complete_handshake_does(string name)
    {
        var (atOnce, start) = Servers[name];
        using var scene = new FaultScene();
        // The wait for the server is a connection as well; behind the last of so many it ends, so that a second one of the quick look would show.
        await start(scene, atOnce ? ["-naccept", "3"] : []);

        var (quick, complete) = Assert.Single(await scene.CompareAsync());

        AssertSame(complete, quick);
    }

    [RealFact("nginx")]
    public async Task Long_chain_over_several_records_is_read_whole()
    {
        var issuer = Root;
        for (var i = 0; i < 30; i++)
            issuer = issuer.IssueAuthority($"Authority {i} of a very long chain {new string('x', 40)}");
        using var scene = new FaultScene();
        await scene.NginxAsync(Leaf(issuer: issuer));

        var (quick, complete) = Assert.Single(await scene.CompareAsync());

        AssertSame(complete, quick);
        Assert.Equal((31, SslProtocols.Tls13), (quick.ChainAsSent.Count, quick.Protocol));
    }

    internal static void AssertSame(ProbeResult complete, ProbeResult quick)
    {
        Assert.Equal(
            (complete.Failure?.Code, complete.Failure?.Message, complete.Leaf, complete.Protocol, complete.ApplicationProtocol),
            (quick.Failure?.Code, quick.Failure?.Message, quick.Leaf, quick.Protocol, quick.ApplicationProtocol));
        Assert.Equal(complete.ChainAsSent.Select(static one => Convert.ToHexString(one.Span)), quick.ChainAsSent.Select(static one => Convert.ToHexString(one.Span)));
    }

    private static Func<FaultScene, string[], Task> With(Func<TestCertificateOptions, TestCertificateOptions>? change, params string[] switches) =>
        (scene, more) => scene.OpenSslAsync(Leaf(change), [.. switches, .. more]);

    private static Func<FaultScene, string[], Task> Tls13(string suite, Func<TestCertificateOptions, TestCertificateOptions> change) =>
        With(change, "-tls1_3", "-ciphersuites", suite);

    private static Func<FaultScene, string[], Task> Laboratory(string newKey, params string[] switches) =>
        (scene, more) => scene.OpenSslAsync(OpenSslFolder.Laboratory($"-newkey {newKey} -addext subjectAltName=DNS:{FaultScene.Name}"), [.. switches, .. more]);
}
