using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Certrelay.App;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Formats;

/// <summary>SM2 pairs and Ed25519 as OpenSSL makes them: uploaded, downloaded, and read back by OpenSSL.</summary>
public sealed class PairExportTests : IAsyncLifetime
{
    private const string Verify = "verify -partial_chain -vfyopt distid:1234567812345678 -trusted";
    private const string Passphrase = "correct-horse-42";

    private readonly TemporaryFolder _folder = new();
    private readonly Sm2Authority _authority = new();
    private RunningApp _app = null!;

    public async Task InitializeAsync()
    {
        _authority.Issue("enc", "sm2", "keyEncipherment,dataEncipherment,keyAgreement");
        _app = await RunningApp.StartAsync(new Settings { DataFolder = _folder["data"] });
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    [RealFact("openssl")]
    public async Task Every_form_of_a_pair_is_read_back_and_each_key_is_that_of_its_certificate()
    {
        await UploadAsync(new { name = "shop", certificate = _authority.FullChain("sm2"), key = _authority["sm2.key"], encryptCertificate = _authority["enc.pem"], encryptKey = _authority["enc.key"] });

        await IsPairAsync(await UnpackAsync("tengine"), "shop-sign.pem", "shop-sign.key", "shop-enc.pem", "shop-enc.key");
        var (pem, cert, chain, key) = (await TextAsync("pem"), await TextAsync("cert"), await TextAsync("chain"), await TextAsync("key"));
        await IsPairAsync(Parted("pem", Blocks(pem)), "0", "2", "3", "4");
        await IsPairAsync(Parted("parts", [.. Blocks(cert + chain), .. Blocks(key)]), "0", "3", "1", "4");
        _authority.Folder.Write("pair.p7b", await TextAsync("p7b"));
        var listed = _authority.Folder.Run("pkcs7 -print_certs -noout -in pair.p7b");
        Assert.Equal(["subject=CN = sm2", "subject=CN = sm2-int", "subject=CN = enc"], listed.Split('\n').Where(static line => line.StartsWith("subject", StringComparison.Ordinal)));
    }

    [RealFact("openssl")]
    public async Task The_package_for_Tengine_names_its_own_files_in_the_directives_of_Tengine()
    {
        await UploadAsync(new { name = "shop", certificate = _authority.FullChain("sm2"), key = _authority["sm2.key"], encryptCertificate = _authority["enc.pem"], encryptKey = _authority["enc.key"] });
        var files = await UnpackAsync("tengine");
        var named = files["tengine.conf"].Split('\n').Select(static line => line.Trim()).Where(static line => line.StartsWith("ssl_", StringComparison.Ordinal)).Select(static line => line.TrimEnd(';').Split(' ')).ToDictionary(static words => words[0], static words => words[1][4..], StringComparer.Ordinal);

        Assert.Equal(["ssl_enc_certificate", "ssl_enc_certificate_key", "ssl_sign_certificate", "ssl_sign_certificate_key"], named.Keys.Order(StringComparer.Ordinal));
        Assert.All(named.Values, file => Assert.Contains(file, files.Keys));
        Assert.Contains("enable_ntls on;", files["tengine.conf"], StringComparison.Ordinal);
        Assert.Contains($"server_name {Sm2Authority.Host};", files["tengine.conf"], StringComparison.Ordinal);
        Assert.Equal((2, 1), (Blocks(files["shop-sign.pem"]).Length, Blocks(files["shop-enc.pem"]).Length));
    }

    [RealFact("openssl")]
    public async Task One_certificate_with_an_SM2_key_leaves_as_PKCS12_that_OpenSSL_opens()
    {
        await UploadAsync(new { name = "shop", certificate = _authority.FullChain("sm2"), key = _authority["sm2.key"] });
        await File.WriteAllBytesAsync(_folder["shop.pfx"], await DownloadAsync("pfx"));

        var opened = await RealProcess.RunAsync("openssl", ["pkcs12", "-in", _folder["shop.pfx"], "-nodes", "-passin", $"pass:{Passphrase}"]);
        var blocks = Blocks(opened);
        Assert.Equal(3, blocks.Length);
        Assert.Equal(_authority["sm2.key"].Trim(), blocks.Single(static block => block.Contains("PRIVATE", StringComparison.Ordinal)).Trim());
    }

    [RealFact("openssl")]
    public async Task Changed_bytes_are_refused_over_HTTP()
    {
        foreach (var at in new[] { "tbs", "signature", "key" })
        {
            var (sign, enc) = (_authority.Der("sm2.pem"), _authority.Der("enc.pem"));
            foreach (var der in at == "key" ? [] : new[] { sign, enc })
                der[at == "tbs" ? der.AsSpan().IndexOf("www."u8) : der.Length - 1] ^= 1;
            using var body = JsonContent.Create(new
            {
                name = "shop",
                certificate = Pem.Write("CERTIFICATE", sign) + _authority["sm2-int.pem"],
                key = at == "key" ? _authority["sm2-int.key"] : _authority["sm2.key"],
                encryptCertificate = Pem.Write("CERTIFICATE", enc),
                encryptKey = at == "key" ? _authority["sm2.key"] : _authority["enc.key"],
            });
            var (status, answer) = await _app.SendAsync(HttpMethod.Post, "/api/certificates", body);

            Assert.Equal((at, HttpStatusCode.UnprocessableEntity), (at, status));
            var codes = answer!["findings"]!.AsArray().Select(static finding => (string)finding!["code"]!).ToHashSet(StringComparer.Ordinal);
            Assert.Superset(at == "key" ? ["key.mismatch"] : new HashSet<string> { "chain.broken", "leaf.pair-issuer" }, codes);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await _app.SendAsync(HttpMethod.Get, "/api/certificates/shop")).Status);
    }

    /// <summary>Both certificates verify below the intermediate, and each key is that of its certificate and of no other.</summary>
    private async Task IsPairAsync(IReadOnlyDictionary<string, string> files, string sign, string signKey, string enc, string encKey)
    {
        foreach (var (name, text) in files)
            await File.WriteAllTextAsync(_folder[name], text);
        await File.WriteAllTextAsync(_folder["int.pem"], _authority["sm2-int.pem"]);
        foreach (var (certificate, key, name) in new[] { (sign, signKey, "sm2"), (enc, encKey, "enc") })
        {
            Assert.Contains("OK", await OpenSslAsync($"{Verify} {{int.pem}} {{{certificate}}}"), StringComparison.Ordinal);
            Assert.Equal(_authority.Folder.Run($"x509 -in {name}.pem -noout -fingerprint -sha256"), await OpenSslAsync($"x509 -in {{{certificate}}} -noout -fingerprint -sha256"));
            Assert.Equal(await OpenSslAsync($"x509 -in {{{certificate}}} -noout -pubkey"), await OpenSslAsync($"pkey -in {{{key}}} -pubout"));
            Assert.Equal(_authority[$"{name}.key"].Trim(), (await OpenSslAsync($"pkey -in {{{key}}}")).Trim());
        }
    }

    private Task<string> OpenSslAsync(string arguments) =>
        RealProcess.RunAsync("openssl", arguments.Split(' ').Select(word => word.StartsWith('{') ? _folder[word.Trim('{', '}')] : word));

    private static Dictionary<string, string> Parted(string form, string[] blocks)
    {
        Assert.Equal((form, 5), (form, blocks.Length));
        return blocks.Index().ToDictionary(static block => $"{block.Index}", static block => block.Item, StringComparer.Ordinal);
    }

    private static string[] Blocks(string text) =>
        [.. text.Split("-----BEGIN ").Skip(1).Select(static block => $"-----BEGIN {block[..(block.IndexOf("-----END", StringComparison.Ordinal))]}{block[block.IndexOf("-----END", StringComparison.Ordinal)..].Split('\n')[0]}\n")];

    private async Task UploadAsync(object upload)
    {
        using var body = JsonContent.Create(upload);
        var (status, answer) = await _app.SendAsync(HttpMethod.Post, "/api/certificates", body);
        Assert.True(status == HttpStatusCode.Created, $"{status} {answer}");
    }

    private async Task<string> TextAsync(string format) => Encoding.ASCII.GetString(await DownloadAsync(format));

    private async Task<Dictionary<string, string>> UnpackAsync(string format)
    {
        await using var zip = new ZipArchive(new MemoryStream(await DownloadAsync(format)));
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync());
            files[entry.Name] = await reader.ReadToEndAsync();
        }

        return files;
    }

    private async Task<byte[]> DownloadAsync(string format)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_app.Address, $"/api/certificates/shop/download?format={format}&reason=test"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _app.Token);
        request.Headers.Add("Certrelay-Passphrase", Passphrase);
        using var answer = await _app.Http.SendAsync(request, CancellationToken.None);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{format}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadAsByteArrayAsync();
    }
}
