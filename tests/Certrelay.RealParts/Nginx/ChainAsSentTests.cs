using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Outgoing;
using Certrelay.RealParts.Support;

namespace Certrelay.RealParts.Nginx;

/// <summary>The probe's idea of what a server sent, held to what OpenSSL's own client prints.</summary>
public sealed class ChainAsSentTests : IDisposable
{
    private static readonly IPAddress Address = IPAddress.Parse("127.0.0.2");
    private static readonly IssuedChain Chain = IssuedChain.Of("shop.example.com");
    private static readonly IssuedChain Other = IssuedChain.Of("other.example.com");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certrelay-");

    private string CertificatePath => Path.Combine(_folder.FullName, "fullchain.pem");

    private string KeyPath => Path.Combine(_folder.FullName, "privkey.pem");

    public static TheoryData<string, string[]> Orders => new()
    {
        { "leaf alone", ["leaf"] },
        { "leaf and intermediate", ["leaf", "intermediate"] },
        { "with the root", ["leaf", "intermediate", "root"] },
        { "wrong order", ["leaf", "root", "intermediate"] },
        { "strange certificates between", ["leaf", "other", "intermediate", "other-root"] },
        { "the intermediate twice", ["leaf", "intermediate", "intermediate"] },
        { "the leaf twice", ["leaf", "leaf", "intermediate"] },
    };

    [RealTheory("nginx", "openssl")]
    [MemberData(nameof(Orders))]
    public Task Chain_of_TLS_1_3_is_what_openssl_sees(string description, string[] order) => CompareAsync(description, order, SslProtocols.Tls13, "TLSv1.3");

    [RealTheory("nginx", "openssl")]
    [MemberData(nameof(Orders))]
    public Task Chain_of_TLS_1_2_is_what_openssl_sees(string description, string[] order) => CompareAsync(description, order, SslProtocols.Tls12, "TLSv1.2");

    public void Dispose() => _folder.Delete(recursive: true);

    private static byte[] Certificate(string name) => name switch
    {
        "leaf" => Chain.Leaf,
        "intermediate" => Chain.Intermediate,
        "root" => Chain.Root,
        "other" => Other.Leaf,
        "other-root" => Other.Root,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static List<byte[]> CertificatesIn(string text)
    {
        // s_client prints the leaf a second time after the chain.
        List<byte[]> found = [];
        var chain = text[..text.IndexOf("Server certificate", StringComparison.Ordinal)];
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(chain);
        foreach (var certificate in certificates)
            found.Add(certificate.RawData);
        return found;
    }

    private async Task CompareAsync(string description, string[] order, SslProtocols protocol, string directive)
    {
        Assert.NotEmpty(description);
        var sent = order.Select(Certificate).ToList();
        Chain.Write(CertificatePath, KeyPath, sent);
        using var server = await NginxServer.StartAsync(Address, CertificatePath, KeyPath, $"ssl_protocols {directive};");
        var shown = await RealProcess.RunAsync(
            "openssl", "s_client", "-showcerts", "-connect", $"{Address}:{server.Port}", "-servername", "shop.example.com");

        var result = await new TlsProbe(TimeProvider.System)
            .ProbeAsync(Address, new Endpoint("shop.example.com", server.Port), TimeSpan.FromSeconds(5), CancellationToken.None);

        Assert.Equal(sent, CertificatesIn(shown));
        Assert.Null(result.Failure);
        Assert.Equal(protocol, result.Protocol);
        Assert.Equal(Chain.Fingerprint, result.Leaf);
        Assert.Equal(sent, result.ChainAsSent.Select(der => der.ToArray()));
    }
}
