using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Outgoing.Probing;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Outgoing.Quick;

/// <summary>What the framework's own server answers, recorded and then read whole, cut and changed.</summary>
public sealed class RecordedAnswerTests
{
    private static readonly IReadOnlyList<SslApplicationProtocol> Offers = [SslApplicationProtocol.Http11];
    private static readonly KeyShare Share = new();
    private static readonly TestCertificate Intermediate = TestCertificates.Root().IssueAuthority("Test Intermediate");

    [Theory]
    [InlineData("TLS 1.3, P-256", SslProtocols.Tls13, "P-256", 3)]
    [InlineData("TLS 1.3, P-384", SslProtocols.Tls13, "P-384", 31)]
    [InlineData("TLS 1.3, P-521", SslProtocols.Tls13, "P-521", 31)]
    [InlineData("TLS 1.3, RSA", SslProtocols.Tls13, "RSA", 31)]
    [InlineData("TLS 1.2, P-256", SslProtocols.Tls12, "P-256", 3)]
    [InlineData("TLS 1.2, RSA", SslProtocols.Tls12, "RSA", 31)]
    public async Task Whole_answer_proves_the_key_and_no_other_does(string description, SslProtocols version, string key, int step)
    {
        Assert.NotEmpty(description);
        using var leaf = Intermediate.Issue(new TestCertificateOptions { Names = ["shop.example.com"], Key = KeyOf(key) });
        var hello = (ClientHello.ToProve(Share) with { ServerName = "shop.example.com", ApplicationProtocols = Offers }).Encode();
        var answer = await RecordAsync(leaf, version, hello);

        var (state, proof) = ProofReading.Of(answer, hello, Share, Offers);

        Assert.Equal(ProofState.Proved, state);
        Assert.Equal([leaf.Der, Intermediate.Der], proof.Served!.Chain.Select(static one => one.ToArray()));
        Assert.Equal(SslApplicationProtocol.Http11, proof.ApplicationProtocol);
        for (var i = 0; i < answer.Length; i += step)
        {
            Assert.NotEqual(ProofState.Proved, ProofReading.Of(answer[..i], hello, Share, Offers).State);
            byte[] changed = [.. answer];
            changed[i] ^= (byte)(1 << (i % 8));
            var (found, other) = ProofReading.Of(changed, hello, Share, Offers);
            // In TLS 1.2 the signature is not over all that was sent, but never proves another key.
            Assert.True(
                found is not ProofState.Proved || version is SslProtocols.Tls12 && other.Served!.Leaf.PublicKey.Spki.Span.SequenceEqual(leaf.Key.Spki), $"changed at {i}");
        }
    }

    [Fact]
    public async Task Answer_of_tls_1_2_to_another_hello_proves_nothing()
    {
        using var leaf = Intermediate.IssueLeaf("shop.example.com");
        var (first, second) = (ClientHello.ToProve(Share).Encode(), ClientHello.ToProve(Share).Encode());
        var answer = await RecordAsync(leaf, SslProtocols.Tls12, first);

        Assert.Equal(ProofState.Proved, ProofReading.Of(answer, first, Share, []).State);
        Assert.Equal(ProofState.Unsettled, ProofReading.Of(answer, second, Share, []).State);
    }

    private static TestKey KeyOf(string name) => name switch
    {
        "RSA" => TestKey.Rsa(),
        "P-384" => TestKey.P384(),
        "P-521" => TestKey.P521(),
        _ => TestKey.P256(),
    };

    /// <summary>All bytes up to where the server waits for the client.</summary>
    private static async Task<byte[]> RecordAsync(TestCertificate leaf, SslProtocols version, byte[] hello)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var accepted = await listener.AcceptTcpClientAsync();
        await using var server = new SslStream(accepted.GetStream());
        using var own = leaf.ToX509();
        using var above = X509CertificateLoader.LoadCertificate(Intermediate.Der);
        var handshake = server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(own, [above], offline: true),
            EnabledSslProtocols = version,
            ApplicationProtocols = [.. Offers],
        });
        var stream = client.GetStream();
        await stream.WriteAsync(hello);
        List<byte> answer = [];
        var part = new byte[16 * 1024];
        while (ProofReading.Of([.. answer], hello, Share, Offers).State is ProofState.Reading)
            answer.AddRange(part[..await stream.ReadAsync(part)]);
        client.Close();
        await Assert.ThrowsAnyAsync<Exception>(() => handshake);
        return [.. answer];
    }
}
