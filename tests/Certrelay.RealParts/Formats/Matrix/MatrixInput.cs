using System.IO.Compression;
using System.Text;

namespace Certrelay.RealParts.Formats.Matrix;

/// <summary>A form, who writes it, how, and what it adds to the codes of the certificate in it.</summary>
/// <param name="Make">Makes the files of the form out of those of the issuance; null: keytool makes them later.</param>
/// <param name="Passphrase">What the upload sends along.</param>
/// <param name="Codes">Null: those of the issuance. Otherwise what stands in their place, because the file stays closed.</param>
internal sealed record MatrixForm(string Name, Func<Workshop, Issuance, Task<byte[][]>> Make, string? Passphrase = null, string? Codes = null, bool UsualKeysOnly = false)
{
    /// <summary>True for what GnuTLS protects: its 600,000 rounds take seconds, so that one kind of key must do.</summary>
    public bool IsSlow => Name.Contains("GnuTLS", StringComparison.Ordinal);

    private const string Pass = $"-passout pass:{Workshop.Passphrase}";

    /// <summary>All of them; <see cref="ForFaults"/> are those that every fault is sent in.</summary>
    public static IReadOnlyList<MatrixForm> All { get; } =
    [
        new("PEM", static async (shop, one) => [Text(await shop.ReadAsync($"{one.Name}.full") + await shop.ReadAsync(one.KeyFile))]),
        new("PEM, key first, with dumps, CRLF and a byte order mark", DumpedAsync),
        new("PEM in UTF-16", static async (shop, one) => [[.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(await shop.ReadAsync($"{one.Name}.full") + await shop.ReadAsync(one.KeyFile))]]),
        new("DER files", DerAsync),
        new("PKCS#7 in PEM by OpenSSL, and the key", static async (shop, one) => [await Pkcs7Async(shop, one, "PEM"), shop.Bytes(one.KeyFile)]),
        new("PKCS#7 in DER by OpenSSL, and the key", static async (shop, one) => [await Pkcs7Async(shop, one, "DER"), shop.Bytes(one.KeyFile)]),
        new("PKCS#12 by OpenSSL 3", static (shop, one) => Pkcs12Async(shop, one, Pass), Workshop.Passphrase),
        new("PKCS#12 by OpenSSL 1", static (shop, one) => Pkcs12Async(shop, one, $"-legacy {Pass}"), Workshop.Passphrase),
        new("PKCS#12 by OpenSSL with an empty passphrase", static (shop, one) => Pkcs12Async(shop, one, "-passout pass:")),
        new("PKCS#12 by OpenSSL with nothing protected", static (shop, one) => Pkcs12Async(shop, one, "-nomac -keypbe NONE -certpbe NONE -passout pass:")),
        new("PKCS#12 by OpenSSL without its passphrase", static (shop, one) => Pkcs12Async(shop, one, Pass), null, "file.encrypted"),
        new("PKCS#12 by OpenSSL with another passphrase", static (shop, one) => Pkcs12Async(shop, one, Pass), "another-1", "file.passphrase"),
        new("encrypted PKCS#8 by OpenSSL", static (shop, one) => EncryptedAsync(shop, one, $"pkcs8 -topk8 -in {{{one.KeyFile}}} {Pass}"), Workshop.Passphrase),
        new("encrypted DEK-Info key by OpenSSL", static (shop, one) => EncryptedAsync(shop, one, $"{(one.NewKey.StartsWith("rsa", StringComparison.Ordinal) ? "rsa -traditional" : "ec")} -aes256 -in {{{one.KeyFile}}} {Pass}"), Workshop.Passphrase, UsualKeysOnly: true),
        new("ZIP archive", ArchiveAsync),
        new("PKCS#12 by GnuTLS", static (shop, one) => GnuTlsAsync(shop, one, "--outder"), Workshop.Passphrase, UsualKeysOnly: true),
        new("PKCS#12 in PEM by GnuTLS, with Triple DES", static (shop, one) => GnuTlsAsync(shop, one, "--pkcs-cipher 3des-pkcs12"), Workshop.Passphrase, UsualKeysOnly: true),
        new("encrypted PKCS#8 by GnuTLS", GnuTlsKeyAsync, Workshop.Passphrase, UsualKeysOnly: true),
        new("JKS by keytool", static (shop, one) => KeystoreAsync(shop, one, "jks", "JKS"), Workshop.Passphrase, UsualKeysOnly: true),
        new("PKCS#12 by keytool", static (shop, one) => KeystoreAsync(shop, one, "ks12", "PKCS12"), Workshop.Passphrase, UsualKeysOnly: true),
    ];

    public static IReadOnlyList<MatrixForm> ForFaults { get; } =
        [.. All.Where(static form => form.Name is "PEM" or "DER files" or "PKCS#7 in DER by OpenSSL, and the key" or "PKCS#12 by OpenSSL 3" or "PKCS#12 by OpenSSL 1" or "ZIP archive" or "JKS by keytool")];

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static async Task<byte[][]> DumpedAsync(Workshop shop, Issuance one)
    {
        var text = new StringBuilder("\uFEFFDear customer,\n\n").Append(await shop.ReadAsync(one.KeyFile)).Append("\n--- your certificate ---\n")
            .Append(await shop.OpenSslAsync($"x509 -text -in {{{one.Name}.pem}}")).Append("\n--- the chain ---\n").Append(await shop.ReadAsync($"{one.Name}.chain")).Append("kind regards\n");
        return [Text(text.Replace("\n", "\r\n").ToString())];
    }

    private static async Task<byte[][]> DerAsync(Workshop shop, Issuance one)
    {
        await shop.OpenSslAsync($"x509 -in {{{one.Name}.pem}} -outform DER -out {{{one.Name}.der}}");
        await shop.OpenSslAsync($"pkey -in {{{one.KeyFile}}} -outform DER -out {{{one.Name}.kder}}");
        return [shop.Bytes($"{one.Name}.der"), shop.Bytes($"{one.Name}.chain"), shop.Bytes($"{one.Name}.kder")];
    }

    private static async Task<byte[]> Pkcs7Async(Workshop shop, Issuance one, string form)
    {
        await shop.OpenSslAsync($"crl2pkcs7 -nocrl -certfile {{{one.Name}.full}} -outform {form} -out {{{one.Name}.p7b}}");
        return shop.Bytes($"{one.Name}.p7b");
    }

    private static async Task<byte[][]> Pkcs12Async(Workshop shop, Issuance one, string options)
    {
        await Pkcs12Async(shop, one, $"{one.Name}.p12", options);
        return [shop.Bytes($"{one.Name}.p12")];
    }

    // OpenSSL refuses to put a certificate and a key that do not belong together into one file, so the one with the wrong key has the certificates behind each other.
    private static Task<string> Pkcs12Async(Workshop shop, Issuance one, string file, string options) => one.SentKey is null
        ? shop.OpenSslAsync($"pkcs12 -export -name web -in {{{one.Name}.pem}} -inkey {{{one.KeyFile}}} {(one.Chain is "" ? "" : $"-certfile {{{one.Name}.chain}}")} -out {{{file}}} {options}")
        : shop.OpenSslAsync($"pkcs12 -export -nokeys -in {{{one.Name}.full}} -out {{{file}}} {options}");

    private static async Task<byte[][]> EncryptedAsync(Workshop shop, Issuance one, string arguments) =>
        [Text(await shop.ReadAsync($"{one.Name}.full") + await shop.OpenSslAsync(arguments))];

    private static async Task<byte[][]> ArchiveAsync(Workshop shop, Issuance one)
    {
        using var stream = new MemoryStream();
        await using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, file) in new[] { ("Nginx/bundle.crt", $"{one.Name}.full"), ("Nginx/server.key", one.KeyFile), ("order.csr", $"{one.Name}.csr") })
            {
                await using var entry = await zip.CreateEntry(name).OpenAsync();
                await entry.WriteAsync(shop.Bytes(file));
            }
        }

        return [stream.ToArray()];
    }

    private static async Task<byte[][]> GnuTlsAsync(Workshop shop, Issuance one, string options)
    {
        await shop.CerttoolAsync($"--to-p12 --load-privkey {{{one.KeyFile}}} --load-certificate {{{one.Name}.full}} --p12-name web --password {Workshop.Passphrase} {options} --outfile {{{one.Name}.gp12}}");
        return [shop.Bytes($"{one.Name}.gp12")];
    }

    private static async Task<byte[][]> GnuTlsKeyAsync(Workshop shop, Issuance one)
    {
        await shop.CerttoolAsync($"--to-p8 --load-privkey {{{one.KeyFile}}} --password {Workshop.Passphrase} --pkcs-cipher aes-256 --outfile {{{one.Name}.gp8}}");
        return [shop.Bytes($"{one.Name}.full"), shop.Bytes($"{one.Name}.gp8")];
    }

    private static Task<byte[][]> KeystoreAsync(Workshop shop, Issuance one, string extension, string type)
    {
        var file = $"{one.Name}.{extension}";
        if (File.Exists(shop[file]))
            return Task.FromResult<byte[][]>([shop.Bytes(file)]);
        return MakeAsync();

        async Task<byte[][]> MakeAsync()
        {
            await Pkcs12Async(shop, one, $"{one.Name}.src", $"{Pass}");
            shop.Keytool($"-importkeystore -noprompt -srckeystore {{{one.Name}.src}} -srcstoretype PKCS12 -srcstorepass {Workshop.Passphrase} -destkeystore {{{file}}} -deststoretype {type} -deststorepass {Workshop.Passphrase}");
            return [];
        }
    }
}
