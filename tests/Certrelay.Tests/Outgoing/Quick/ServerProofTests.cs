using System.Net.Security;
using System.Security.Cryptography;
using Certrelay.Outgoing.Probing;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Outgoing.Quick;

public sealed class ServerProofTests
{
    private static readonly TestCertificate Leaf = TestCertificates.Leaf("shop.example.com");
    private static readonly KeyShare Share = new();
    private static readonly IReadOnlyList<SslApplicationProtocol> Offers = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
    private static readonly byte[] Hello = (ClientHello.ToProve(Share) with { ServerName = "shop.example.com", ApplicationProtocols = Offers }).Encode();

    private static readonly Dictionary<string, HandmadeAnswer> Unproved = new(StringComparer.Ordinal)
    {
        ["signed by another key"] = new(Leaf) { Signer = TestKey.P256() },
        ["a finished message changed"] = new(Leaf) { Change = static (type, message) => type is HandmadeAnswer.Finished ? Flip(message, 10) : message },
        ["a certificate changed"] = new(Leaf) { Change = static (type, message) => type is HandmadeAnswer.Certificate ? Flip(message, message.Length - 20) : message },
        ["a scheme of TLS 1.2"] = new(Leaf) { Scheme = 0x0401 },
        ["a scheme of another curve"] = new(Leaf) { Scheme = 0x0503 },
        ["a scheme of nobody"] = new(Leaf) { Scheme = 0x0808 },
        ["no signature"] = new(Leaf) { Order = [HandmadeAnswer.Extensions, HandmadeAnswer.Certificate, HandmadeAnswer.Finished] },
        ["no certificate"] = new(Leaf) { Order = [HandmadeAnswer.Extensions, HandmadeAnswer.Finished] },
        ["no certificate in its message"] = new(Leaf) { ChainLength = 0 },
        ["no end"] = new(Leaf) { Order = [HandmadeAnswer.Extensions, HandmadeAnswer.Certificate, HandmadeAnswer.Verify] },
        ["no extensions"] = new(Leaf) { Order = [HandmadeAnswer.Certificate, HandmadeAnswer.Verify, HandmadeAnswer.Finished] },
        ["the signature before the certificate"] = new(Leaf) { Order = [HandmadeAnswer.Extensions, HandmadeAnswer.Verify, HandmadeAnswer.Certificate, HandmadeAnswer.Finished] },
        ["certificates twice"] = new(Leaf) { Order = [HandmadeAnswer.Extensions, HandmadeAnswer.Certificate, HandmadeAnswer.Certificate, HandmadeAnswer.Verify, HandmadeAnswer.Finished] },
        ["a message behind the end"] = new(Leaf) { Order = [HandmadeAnswer.Extensions, HandmadeAnswer.Certificate, HandmadeAnswer.Verify, HandmadeAnswer.Finished, HandmadeAnswer.Ticket] },
        ["an application protocol that was not offered"] = new(Leaf) { EncryptedExtensions = [0, 16, 0, 7, 0, 5, 4, .. "smtp"u8] },
        ["an application protocol of no name"] = new(Leaf) { EncryptedExtensions = [0, 16, 0, 3, 0, 1, 0] },
        ["two application protocols"] = new(Leaf) { EncryptedExtensions = [0, 16, 0, 8, 0, 6, 2, .. "h2"u8, 2, .. "h2"u8] },
        ["an extension that was not offered"] = new(Leaf) { EncryptedExtensions = [0, 28, 0, 2, 64, 1] },
        ["an extension twice"] = new(Leaf) { EncryptedExtensions = [0, 0, 0, 0, 0, 0, 0, 0] },
        ["an extension cut short"] = new(Leaf) { EncryptedExtensions = [0, 0, 0, 9] },
        ["a certificate with an extension"] = new(Leaf) { CertificateExtensions = [0, 5, 0, 0] },
        ["a resumed session"] = new(Leaf) { MoreHelloExtensions = [0, 41, 0, 2, 0, 0] },
        ["another session id"] = new(Leaf) { ChangeHello = static hello => hello[40] ^= 1 },
        ["a compression"] = new(Leaf) { ChangeHello = static hello => hello[73] = 1 },
        ["a cipher suite of nobody"] = new(Leaf) { ChangeHello = static hello => hello[72] = 4 },
        ["a demand for another share"] = new(Leaf) { ChangeHello = static hello => SHA256.HashData("HelloRetryRequest"u8).CopyTo(hello, 6) },
        ["TLS 1.2 by a server of TLS 1.3"] = new(Leaf) { ChangeHello = static hello => { hello[81] = 3; "DOWNGRD\u0001"u8.CopyTo(hello.AsSpan(30)); } },
        ["TLS 1.1"] = new(Leaf) { ChangeHello = static hello => hello[81] = 2 },
        ["another group"] = new(Leaf) { ChangeHello = static hello => hello[87] = 0x17 },
    };

    public static TheoryData<string> UnprovedAnswers => [.. Unproved.Keys];

    [Theory]
    [InlineData("AES-128", 0x1301, 16_000)]
    [InlineData("AES-256", 0x1302, 16_000)]
    [InlineData("ChaCha20", 0x1303, 16_000)]
    [InlineData("messages split over records", 0x1301, 100)]
    public void Whole_answer_proves_the_key(string description, int suite, int recordSize)
    {
        Assert.NotEmpty(description);

        var (state, proof) = Read(new HandmadeAnswer(Leaf) { Suite = (ushort)suite, RecordSize = recordSize, EncryptedExtensions = [0, 16, 0, 5, 0, 3, 2, .. "h2"u8] }.To(Hello));

        Assert.Equal((ProofState.Proved, TlsVersion.Tls13), (state, proof.Version));
        Assert.Equal(Leaf.Fingerprint, proof.Served!.Leaf.Fingerprint);
        Assert.Equal(SslApplicationProtocol.Http2, proof.ApplicationProtocol);
    }

    [Fact]
    public void Server_may_ask_for_a_certificate_and_send_several()
    {
        var answer = new HandmadeAnswer(Leaf)
        {
            Order = [HandmadeAnswer.Extensions, HandmadeAnswer.Request, HandmadeAnswer.Certificate, HandmadeAnswer.Verify, HandmadeAnswer.Finished],
            ChainLength = 3,
        };

        var (state, proof) = Read(answer.To(Hello));

        Assert.Equal((ProofState.Proved, 3, null), (state, proof.Served!.Chain.Count, proof.ApplicationProtocol));
    }

    [Theory]
    [MemberData(nameof(UnprovedAnswers))]
    public void Answer_that_is_wrong_in_one_place_proves_nothing(string wrong) =>
        Assert.NotEqual(ProofState.Proved, Read(Unproved[wrong].To(Hello)).State);

    [Fact]
    public void Answer_to_another_hello_proves_nothing()
    {
        var other = ClientHello.ToProve(Share).Encode();

        Assert.NotEqual(ProofState.Proved, Read(new HandmadeAnswer(Leaf).To(other)).State);
    }

    [Theory]
    [InlineData("an alert", new byte[] { 21, 3, 3, 0, 2, 2, 40 })]
    [InlineData("application data before any hello", new byte[] { 23, 3, 3, 0, 20, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData("a change of cipher before any hello", new byte[] { 20, 3, 3, 0, 1, 1 })]
    [InlineData("another message first", new byte[] { 22, 3, 3, 0, 4, 14, 0, 0, 0 })]
    [InlineData("a record of TLS 1.0", new byte[] { 22, 3, 1, 0, 4, 2, 0, 0, 0 })]
    public void Unexpected_record_is_left_to_a_complete_handshake(string description, byte[] bytes)
    {
        Assert.NotEmpty(description);
        Assert.Equal(ProofState.Unsettled, Read(bytes).State);
    }

    /// <summary>Well sealed, so that the fault is met only behind the seal.</summary>
    [Fact]
    public void Message_changed_before_it_was_sealed_proves_nothing()
    {
        var random = new Random(8446);
        for (var turn = 0; turn < 150; turn++)
        {
            var broken = HandmadeAnswerTypes[turn % HandmadeAnswerTypes.Length];
            var answer = new HandmadeAnswer(Leaf) { Change = (type, message) => type == broken ? Break(message, random) : message };

            Assert.NotEqual(ProofState.Proved, Read(answer.To(Hello)).State);
        }
    }

    [Fact]
    public void Random_bytes_prove_nothing()
    {
        var random = new Random(5246);
        for (var turn = 0; turn < 3000; turn++)
        {
            var bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            byte[] message = [2, 0, (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];

            Assert.NotEqual(ProofState.Proved, Read(bytes).State);
            Assert.NotEqual(ProofState.Proved, Read(HandmadeAnswer.Record(22, message)).State);
        }
    }

    private static readonly byte[] HandmadeAnswerTypes = [HandmadeAnswer.Extensions, HandmadeAnswer.Certificate, HandmadeAnswer.Verify, HandmadeAnswer.Finished];

    private static byte[] Flip(byte[] bytes, int index)
    {
        byte[] changed = [.. bytes];
        changed[index] ^= (byte)(1 << (index % 8));
        return changed;
    }

    /// <summary>One octet another one, or the message shorter with its length told rightly.</summary>
    private static byte[] Break(byte[] message, Random random)
    {
        if (random.Next(2) == 0 || message.Length == 4)
            return Flip(message, random.Next(message.Length));
        var shorter = message[..random.Next(4, message.Length)];
        (shorter[2], shorter[3]) = ((byte)((shorter.Length - 4) >> 8), (byte)(shorter.Length - 4));
        return shorter;
    }

    private static (ProofState State, ServerProof Proof) Read(byte[] bytes) => ProofReading.Of(bytes, Hello, Share, Offers);
}
