using System.Globalization;
using System.Net;
using System.Text;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Clouds;

namespace Certrelay.RealParts.Formats;

/// <summary>Every other form is opened by the program that it is meant for.</summary>
public sealed class KeystoreExportTests
{
    private const string Pass = "pass:" + DownloadSite.Passphrase;

    [RealTheory("openssl")]
    [InlineData("pfx", "PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256", "sha256")]
    [InlineData("pfx-legacy", "pbeWithSHA1And3-KeyTripleDES-CBC", "sha1")]
    public async Task OpenSSL_opens_PKCS12_without_its_legacy_provider(string format, string protection, string mac)
    {
        await using var site = await DownloadSite.StartAsync();
        var store = await site.FileAsync(format);

        using var described = RealProcess.Start("openssl", "pkcs12", "-in", store, "-passin", Pass, "-info", "-noout");
        var dump = await RealProcess.RunAsync("openssl", "pkcs12", "-in", store, "-passin", Pass, "-noenc");
        while (!described.HasExited)
            await Task.Yield();

        Assert.Equal((2, 1), (ServerPackageTests.Count(dump, "BEGIN CERTIFICATE"), ServerPackageTests.Count(dump, "BEGIN PRIVATE KEY")));
        Assert.Contains("friendlyName: shop", dump, StringComparison.Ordinal);
        Assert.Contains(protection, described.Output, StringComparison.Ordinal);
        Assert.Contains($"MAC: {mac}", described.Output, StringComparison.Ordinal);
    }

    [RealTheory("keytool")]
    [InlineData("jks", "PrivateKeyEntry", "Certificate chain length: 2")]
    [InlineData("pfx", "PrivateKeyEntry", "Certificate chain length: 2")]
    [InlineData("pfx-legacy", "PrivateKeyEntry", "Certificate chain length: 2")]
    public async Task Keytool_lists_the_key_with_its_chain(string format, params string[] words)
    {
        await using var site = await DownloadSite.StartAsync();

        var list = await ListAsync(await site.FileAsync(format));

        Assert.All(words.Append("Alias name: shop"), word => Assert.Contains(word, list, StringComparison.Ordinal));
    }

    [RealFact("keytool", "openssl")]
    public async Task Root_and_truststores_are_opened_and_trust_the_chain()
    {
        await using var site = await DownloadSite.StartAsync();
        var (stores, root) = (await site.UnpackAsync("truststore", "stores"), await site.UnpackAsync("root", "root"));

        foreach (var store in new[] { "truststore.jks", "truststore.p12" })
            Assert.Contains("trustedCertEntry", await ListAsync(Path.Combine(stores, store)), StringComparison.Ordinal);
        var verified = await RealProcess.RunAsync("openssl", "verify", "-CAfile", Path.Combine(root, "root.pem"), "-untrusted", await site.FileAsync("chain"), await site.FileAsync("cert"));
        Assert.EndsWith(": OK", verified.Trim(), StringComparison.Ordinal);
        Assert.Contains("CN = Test Root", await RealProcess.RunAsync("openssl", "x509", "-inform", "DER", "-in", Path.Combine(root, "root.der"), "-noout", "-subject"), StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(site.Chain.Root)), await File.ReadAllTextAsync(Path.Combine(root, "root.html")), StringComparison.Ordinal);
    }

    [RealFact("openssl")]
    public async Task Texts_and_PKCS7_are_read_by_OpenSSL()
    {
        await using var site = await DownloadSite.StartAsync();
        var publicKey = await RealProcess.RunAsync("openssl", "x509", "-in", await site.FileAsync("cert"), "-noout", "-pubkey");

        Assert.Equal(publicKey, await RealProcess.RunAsync("openssl", "pkey", "-in", await site.FileAsync("key"), "-pubout"));
        Assert.Equal(publicKey, await RealProcess.RunAsync("openssl", "pkey", "-in", await site.FileAsync("pem"), "-pubout"));
        Assert.Equal(2, ServerPackageTests.Count(await RealProcess.RunAsync("openssl", "pkcs7", "-in", await site.FileAsync("p7b"), "-print_certs"), "BEGIN CERTIFICATE"));
        Assert.Equal(2, ServerPackageTests.Count(await File.ReadAllTextAsync(site["shop.pem"]), "BEGIN CERTIFICATE"));
    }

    [RealFact("openssl")]
    public async Task The_Secret_for_Kubernetes_holds_chain_and_key()
    {
        await using var site = await DownloadSite.StartAsync();
        var lines = await File.ReadAllLinesAsync(await site.FileAsync("k8s"));
        string Decoded(string name) => Encoding.ASCII.GetString(Convert.FromBase64String(lines.Single(line => line.StartsWith($"  {name}: ", StringComparison.Ordinal))[(name.Length + 4)..]));

        Assert.Equal(["apiVersion: v1", "kind: Secret", "metadata:", "  name: shop", "type: kubernetes.io/tls", "data:"], lines[..6]);
        await File.WriteAllTextAsync(site["tls.crt"], Decoded("tls.crt"));
        await File.WriteAllTextAsync(site["tls.key"], Decoded("tls.key"));
        Assert.Equal(
            await RealProcess.RunAsync("openssl", "x509", "-in", site["tls.crt"], "-noout", "-pubkey"),
            await RealProcess.RunAsync("openssl", "pkey", "-in", site["tls.key"], "-pubout"));
    }

    [RealTheory("java")]
    [InlineData("jks", "JKS")]
    [InlineData("pfx", "PKCS12")]
    public async Task A_Java_server_shows_the_leaf_out_of_its_keystore(string format, string type)
    {
        await using var site = await DownloadSite.StartAsync();
        var (store, port) = (await site.FileAsync(format), RealProcess.FreePort(IPAddress.Loopback));
        await File.WriteAllTextAsync(site["Serve.java"], """
            import java.io.*; import java.net.*; import java.security.*; import javax.net.ssl.*;

            class Serve {
                public static void main(String[] a) throws Exception {
                    var store = KeyStore.getInstance(a[1]);
                    store.load(new FileInputStream(a[0]), a[2].toCharArray());
                    var keys = KeyManagerFactory.getInstance("PKIX");
                    keys.init(store, a[2].toCharArray());
                    var context = SSLContext.getInstance("TLS");
                    context.init(keys.getKeyManagers(), null, null);
                    var server = context.getServerSocketFactory().createServerSocket(Integer.parseInt(a[3]), 9, InetAddress.getLoopbackAddress());
                    while (true) {
                        try (var client = (SSLSocket) server.accept()) { client.startHandshake(); } catch (IOException gone) { }
                    }
                }
            }
            """);

        using var server = RealProcess.Start("java", site["Serve.java"], store, type, DownloadSite.Passphrase, port.ToString(CultureInfo.InvariantCulture));
        await server.ListeningAsync(IPAddress.Loopback, port);

        Assert.Equal(site.Chain.Fingerprint, await Handshake.LeafAsync(port, DownloadSite.Host));
    }

    private static Task<string> ListAsync(string store) =>
        RealProcess.RunAsync("keytool", TimeSpan.FromMinutes(1), ["-J-Duser.language=en", "-list", "-v", "-keystore", store, "-storepass", DownloadSite.Passphrase]);
}
